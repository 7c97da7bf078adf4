"""What may be typed for the refresh interval."""

from __future__ import annotations

from globus_tui.domain.errors import BadInput


def check_interval(text: str, floor: float) -> float:
    """Seconds between refreshes.

    Args:
        text: whole seconds; 0 is off.
        floor: the shortest interval that the service behind is asked at.

    Raises:
        BadInput: not a whole number, or shorter than the floor.
    """
    if not text.isdecimal() or int(text) > 86400:
        raise BadInput(f"{text!r} is not an interval: write whole seconds up to 86400, or 0 for off.")
    seconds = int(text)
    if 0 < seconds < floor:
        raise BadInput(f"Globus is not asked more often than every {floor:g} seconds.")
    return float(seconds)
