"""Notes in a file that several people write: none is lost, and a broken one is told and hides nothing."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.store.job_store import JobStore
from globus_tui.store.ledger import Ledger, edit_timer, orders_in
from globus_tui.store.services import Services

if TYPE_CHECKING:
    from pathlib import Path

GLOBUS: Any = None
"""Nothing is asked of it."""
WRITER = """
import asyncio, pathlib, sys
from globus_tui.store.services import Services
from globus_tui.store.ledger import Ledger, edit_timer
async def main():
    ledger = Ledger(pathlib.Path(sys.argv[1]), "all", shared=True)
    for number in range(15):
        await ledger.change(lambda found: edit_timer(found, f"{sys.argv[2]}-{number}", note="seen"))
asyncio.run(main())
"""


def test_of_two_who_write_at_once_nobody_loses_a_note(tmp_path: Path) -> None:
    tmp_path.chmod(0o775)
    file = tmp_path / "notes.json"
    both = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), who]) for who in ("ada", "kim")]
    assert [one.wait() for one in both] == [0, 0]
    found = orders_in(asyncio.run(Ledger(file, "all", shared=True).read()))
    assert len(found) == 30
    assert {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.glob("*notes*")} == {
        "notes.json": 0o660,
        "notes.lock": 0o660,
    }
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o775  # a folder of others is not narrowed


async def test_notes_go_to_the_shared_file_and_all_else_stays_ones_own(tmp_path: Path) -> None:
    store = JobStore(Services(GLOBUS, GLOBUS, GLOBUS), ledger=Ledger(tmp_path / "own.json"))
    await store.decide(["a"], note="from before", good_within=3600.0)
    await store.decide(["d"], tags=["before"])
    store.notes = Ledger(tmp_path / "shared.json", "all", shared=True)
    await store.read_ledger()
    assert store.orders("a").note == "from before"
    await store.decide(["a", "b"], note="ask Ada", tags=["night"])
    assert (store.orders("a").note, store.orders("b").tags) == ("ask Ada", ("night",))
    assert store.orders("a").good_within is not None
    await store.decide(["d"], tags=["night"])
    assert [word in (tmp_path / "own.json").read_text() for word in ("note", "tags")] == [False, False]
    # Somebody else writes: it is seen at the next look.
    await Ledger(tmp_path / "shared.json", "all", shared=True).change(lambda found: edit_timer(found, "a", note="done"))
    await store.look_into_ledger()
    assert store.orders("a").note == "done"
    await store.hand_on("a", "c")
    assert store.orders("c").note == "done"
    assert store.orders("c").good_within is not None
    assert "good" not in (tmp_path / "shared.json").read_text()

    (tmp_path / "shared.json").write_text("{ broken")
    await store.look_into_ledger()
    assert "shared.json cannot be understood" in (store.ledger_problem or "")
    assert store.orders("c").good_within is not None
    with pytest.raises(GlobusTuiError, match="cannot be understood"):
        await store.decide(["a"], note="lost?")
    assert (tmp_path / "shared.json").read_text() == "{ broken"
