"""Which run of a timer there is to look at: that of which its health tells."""

from __future__ import annotations

import pytest

from globus_tui.domain.timer.health import Health, Why, Word
from globus_tui.domain.timer.history import look_back
from globus_tui.store.job_state import JobState
from tests.domain.samples import DAY, NOW, TODAY_TICK, job, refused_document, run_document, running

GOING, BEFORE = TODAY_TICK, TODAY_TICK - DAY


@pytest.mark.parametrize(("word", "place"), [(Word.FAILED, 1), (Word.RUNNING, 0)])
def test_of_a_timer_that_failed_and_runs_again_the_failed_run_is_shown(word: Word, place: int) -> None:
    found = job([run_document(GOING, 0, "pending"), run_document(BEFORE, 1, "failed")], **running(NOW))
    state = JobState(found, look_back(found, {}, NOW), Health(word, Why.TASK_FAILED))
    assert state.run_to_show == found.runs[place]


def test_a_run_that_made_no_task_is_passed_over() -> None:
    found = job([refused_document(GOING), run_document(BEFORE, 1)])
    assert JobState(found, look_back(found, {}, NOW), Health(Word.FAILED, Why.RUN_REFUSED)).run_to_show == found.runs[1]
    none = job([refused_document(GOING - 3 * DAY)])
    assert JobState(none, look_back(none, {}, NOW), Health(Word.FAILED, Why.RUN_REFUSED)).run_to_show is None
