"""What is unusual about a run, and how long runs took as blocks: of five good ones, and never of fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.timer.job import Job
from globus_tui.present.detail_words import odd_runs, plots
from tests.domain.samples import DAY, HOUR, MINUTE, TODAY_TICK, by_id, job_document, run_document, task, wire

if TYPE_CHECKING:
    from datetime import timedelta

    from globus_tui.domain.transfer.task import Task


def timer(count: int, lasted: timedelta = 4 * HOUR) -> Job:
    """Runs of 48 minutes each, but for the newest."""
    runs = [run_document(TODAY_TICK - n * DAY, n) for n in range(count)]
    runs[0]["end_timestamp"] = wire(TODAY_TICK + lasted)
    return Job.from_document(job_document(runs))


def tasks(count: int, files: int) -> dict[str, Task]:
    ends = [TODAY_TICK - n * DAY + 48 * MINUTE for n in range(count)]
    ends[0] = TODAY_TICK + 4 * HOUR
    return by_id(*(task(n, completion_time=wire(end), files=900 if n else files) for n, end in enumerate(ends)))


def test_a_run_is_unusual_beside_five_good_ones_and_never_beside_fewer() -> None:
    six, five = timer(6), timer(5)
    known = tasks(6, 12)
    assert odd_runs(six, known) == {six.runs[0].key: "5 times as long as usual, 12 files where 900 are usual"}
    assert odd_runs(five, known) == {}


def test_a_run_is_unusual_from_thrice_the_usual_time_and_below_a_tenth_of_the_usual_files_on() -> None:
    for lasted, said in ((144 * MINUTE, ["3 times as long as usual"]), (143 * MINUTE, [])):
        assert list(odd_runs(timer(6, lasted), {}).values()) == said
    for files, said in ((89, ["89 files where 900 are usual"]), (90, [])):
        known = tasks(6, files) | by_id(task(0, completion_time=wire(TODAY_TICK + 48 * MINUTE), files=files))
        assert list(odd_runs(timer(6, 48 * MINUTE), known).values()) == said


def test_runs_are_drawn_over_time_with_median_and_spread_of_five_and_never_of_fewer() -> None:
    took, moved, faults = plots(timer(5), tasks(5, 900))
    assert took == ("took", "▂▂▂▂▇", "median 48m, 48m to 4h")
    assert moved[0] == "moved"
    assert moved[2].endswith(", always")
    assert faults[:2] == ("faults", "▁▁▁▁▁")
    assert plots(timer(5), tasks(5, 900), ascii_only=True)[0][1] == "....#"
    assert plots(timer(4), tasks(4, 900)) == []
