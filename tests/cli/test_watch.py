"""`watch` for days: what it keeps of one reading is gone with the next; and once, for a timer of the machine."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

from globus_tui.cli import watch
from globus_tui.cli.arguments import parse
from globus_tui.cli.timers import signed_in
from globus_tui.domain.timer.alerts import Watcher
from globus_tui.sandbox.faults import Fault
from globus_tui.store.alert_hook import AlertHook
from globus_tui.store.job_store import JobStore
from globus_tui.store.ledger import Ledger
from globus_tui.store.refresher import Wake, WakeKind

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    import pytest

    from tests.cli.shell import Shell
    from tests.served import Served


def ours() -> int:
    """Living objects of the program's own classes; the pretend Globus remembers what it was asked."""
    gc.collect()
    modules = (str(type(one).__module__) for one in gc.get_objects())
    return sum(name.startswith("globus_tui.") and not name.startswith("globus_tui.sandbox") for name in modules)


async def read_often(options: Namespace, times: tuple[int, ...]) -> list[int]:
    counts = []
    async with signed_in(options) as here:
        watcher, hook = Watcher(), AlertHook(["true"], Ledger(None), 1)
        await here.store.read_journal()
        for number in range(max(times) + 1):
            await here.store.refresh()
            await watch._alert(here, options, watcher, hook)
            watch._lines(here, options)
            if number in times:
                counts.append(ours())
    return counts


def test_as_much_is_kept_after_thirty_readings_as_after_ten() -> None:
    early, late = asyncio.run(read_often(parse(["watch", "--demo"]), (10, 30)))
    assert late <= early * 1.02


def test_of_a_filter_only_its_timers_count_and_none_is_not_well(facility: Served, terminal: Shell) -> None:
    assert terminal("watch", "name:db-dumps", "--count", "1") == 0
    assert terminal.out.endswith(" all well, 0 in trouble of 1\n")
    assert terminal("watch", "no-such-timer", "--count", "1") == 0
    assert terminal.out.endswith(" no timer matches, 0 in trouble of 0\n")


def test_nothing_is_called_well_while_nobody_knows_what_became_of_the_runs(facility: Served, terminal: Shell) -> None:
    assert terminal("watch", "name:sensor-hourly", "--count", "1") == 0
    assert terminal.out.endswith(" 1 WARN, 1 in trouble of 1\n")
    facility.sandbox.faults.add(Fault("/v0.10/*", times=None))
    assert terminal("watch", "name:sensor-hourly", "--count", "1") == 0
    assert terminal.out.endswith(" runs not known, 0 in trouble of 1\n")


def test_trouble_of_before_is_no_news_once_transfer_answers_again(
    facility: Served, terminal: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config := tmp_path / "config.toml").write_text(f'on_alert = ["touch", "{tmp_path / "told"}"]\n')
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))
    faults = facility.sandbox.faults
    faults.add(Fault("/v0.10/*", times=None))

    async def wake(store: JobStore) -> None:
        faults.clear()
        await store.refresh()

    monkeypatch.setattr(JobStore, "wake", wake)
    monkeypatch.setattr(JobStore, "next_wake", lambda _: Wake(0.0, WakeKind.REFRESH))
    assert terminal("watch", "name:sensor-hourly", "--count", "2") == 0
    assert [line.partition(" ")[2] for line in terminal.out.splitlines()] == [
        "runs not known, 0 in trouble of 1", "1 WARN, 1 in trouble of 1"
    ]  # fmt: skip
    assert not (tmp_path / "told").exists()


def test_a_reading_in_vain_counts_and_the_exit_code_says_so(facility: Served, terminal: Shell) -> None:
    assert terminal("watch", "--count", "1") == 0
    assert "in trouble of 79" in terminal.out
    facility.sandbox.faults.add(Fault("/jobs*", times=None, status=400))
    assert terminal("watch", "--count", "1") == 3
    assert "no answer, ? in trouble of ?" in terminal.out  # not known is not none
    facility.sandbox.faults.clear()
    facility.sandbox.faults.add(Fault("/jobs*", times=None, status=401))
    assert terminal("watch", "--count", "1") == 4
    assert "signed out, ? in trouble of ?" in terminal.out
