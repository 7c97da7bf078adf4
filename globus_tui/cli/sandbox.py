"""`globus-tui sandbox`: the pretend Globus on loopback, for the official clients and a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace


def run(options: Namespace) -> int:
    """Serves until interrupted; the lines it prints first are ready to `export`."""
    from globus_tui.sandbox.clock import Clock
    from globus_tui.sandbox.serve import CannotServeError, serve
    from globus_tui.sandbox.world.history import facility

    try:
        serve(facility(Clock(speed=options.speed), timers=options.timers), port=options.port)
    except CannotServeError as wrong:
        raise BadInput(str(wrong)) from None
    return 0
