"""What is wrong with a timer, in full sentences with the consequence: for the preview and the banner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.schedule.schedule import next_ticks
from globus_tui.domain.timer.health import BEFOREHAND, Why, Word
from globus_tui.present import gare_words, moments
from globus_tui.present.error_words import explain_error
from globus_tui.present.health_words import gives_up, outlives_pause, paused_words, rest_words
from globus_tui.present.replaced_words import resume_warning
from globus_tui.present.run_words import progress
from globus_tui.present.sizes import count, counted
from globus_tui.present.transfer_words import collection_name, one_line, route_with_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.present.health_words import Case


def headline(case: Case) -> str:
    """The banner's title: `PAUSED BY GLOBUS since Thu 19 Nov 02:00 (2d12h)`, `FAILED`, `ok`."""
    word = _TITLES.get(case.health.why, case.health.word.value)
    if outlives_pause(case):
        word = f"{paused_words(case)}, {'last run ' if case.health.word is Word.FAILED else ''}{word}"
    if case.health.since is None or case.health.word in (Word.OK, Word.ENDED, Word.UNKNOWN):
        return word
    relation = _RELATIONS.get(case.health.why, "since")
    lasted = moments.duration(case.now - case.health.since)
    return f"{word} {relation} {moments.date_time(case.health.since, case.now, case.zone)} ({lasted})"


_AT = (Why.TASK_FAILED, Why.RUN_REFUSED, Why.FILES_SKIPPED, Why.NOTHING_MOVED, Why.SOURCE_SHRANK)
_RELATIONS = dict.fromkeys(_AT, "at") | {Why.LATE: "due"}
_TITLES = {
    Why.CONSENT_MISSING: "PAUSED BY GLOBUS", Why.SESSION: "PAUSED BY GLOBUS", Why.AUTHORIZATION: "PAUSED BY GLOBUS",
    Why.PAUSED_BY_SERVICE: "PAUSED BY GLOBUS", Why.PAUSED_BY_USER: "paused by you", Why.OVERSTAYED: "PAUSED TOO LONG",
    Why.NO_GOOD_COPY: "NO GOOD COPY", Why.RUN_REFUSED: "RUN REFUSED",
}  # fmt: skip


def explain(case: Case) -> str:
    """A sentence or two: what is wrong, then what follows from it."""
    pause = f"It is {paused_words(case)}{rest_words(case)}." if outlives_pause(case) else ""
    replaced = resume_warning("It", case.replaced) if case.replaced is not None else ""
    note = f"Note: {case.note}" if case.note else ""
    parts = (replaced, _EXPLAIN[case.health.why](case), pause, consequence(case), note)
    return " ".join(part for part in parts if part)


def consequence(case: Case) -> str:
    """What followed from it and what resuming would do; empty when nothing."""
    health = case.health
    if not case.job.stands_still:
        return ""
    if health.missed is None:
        return "How many runs were missed is not known. " + resume_words(case)
    missed = f"{counted(health.missed, 'scheduled run')} {'was' if health.missed == 1 else 'were'} missed. "
    return (missed if health.missed else "No run was missed so far. ") + resume_words(case)


def resume_words(case: Case) -> str:
    """What resuming a timer that stands still does at once (documented: one catch-up run if any was missed)."""
    health = case.health
    if health.at_once is None and health.missed is None:
        return "If one was, resuming starts ONE catch-up run at once."
    if health.at_once is None:
        return "Resuming may start ONE catch-up run at once, for the run that was refused."
    if health.at_once:
        return "Resuming starts ONE catch-up run at once."
    if not next_if_resumed(case, 1) and getattr(case.job.schedule, "start", None):
        return "Resuming starts nothing: its schedule is over."
    return "Resuming starts nothing at once; the next run is at the next tick."


def next_if_resumed(case: Case, count: int = 3) -> tuple[str, ...]:
    """When it would run if it were resumed now: `at once` first when a run was missed, then local times."""
    runs = None if case.job.n_runs is None else case.job.n_runs + bool(case.health.at_once)
    ticks = next_ticks(case.job.schedule, case.now, count, runs_done=runs)
    times = [moments.date_time(tick, case.now, case.zone) for tick in ticks]
    return tuple((["at once"] if case.health.at_once else []) + times)


def _asked(case: Case) -> str:
    if case.health.gare is None:
        return ""
    return " ".join(gare_words.requirement_lines(case.health.gare, case.names))


def _consent(case: Case) -> str:
    collections = ", ".join(
        f'"{collection_name(key, case.names)}"' for key in gare_words.consent_collections(case.gare)
    )
    if not collections:
        return f"A consent that this timer needs is missing. {_asked(case)}"
    problem = f"It may not use {collections} for you: the data_access consent is missing."
    session = gare_words.session_short(case.gare)
    return f"{problem} Globus also wants you to {session}." if session else problem


def _session(case: Case) -> str:
    message = gare_words.message(case.gare)
    return f"Globus wants more proof of who you are. {_asked(case)}" + (f' It says: "{message}".' if message else "")


def _sign_in_again(case: Case) -> str:
    message = gare_words.message(case.gare)
    stopped = "Globus stopped it until you sign in again"
    return f'{stopped}. It says: "{message}".' if message else f"{stopped}, and does not say what it misses."


def _late(case: Case) -> str:
    return (
        f"A run was due at {case.since or '?'} and has not started: {case.lasted} late. "
        "No run is in progress and the service does not say that it retries."
    )


def _failed(case: Case) -> str:
    runs = case.health.count or 1
    last = "The last run" if runs == 1 else f"The last {runs} runs"
    text = one_line(case.health.text or "")
    words = explain_error(case.health.code, text).sentences()
    quoted = f' Globus says: "{text}".' if text and case.health.code and text not in words else ""
    return f"{last} failed. {words}{quoted}"


def _refused(case: Case) -> str:
    text = one_line(case.health.text or "")
    sentences = _asked(case) or explain_error(case.health.code, text).sentences()
    named = {case.health.code, case.gare.code}
    quoted = f' Globus says: "{text}".' if text and text not in sentences and text not in named else ""
    return f"The last run could not be started, nothing was moved. {sentences}{quoted}"


def _trouble(case: Case) -> str:
    text = one_line(case.health.text or "")
    words = explain_error(case.health.code, text).sentences()
    quoted = f' Globus says: "{text}".' if text and text not in words else ""
    until = f"; Globus{gives_up(case)}" if gives_up(case) else ""
    return (
        f"The run in progress is {case.lasted} old and its task does not move{until}. {words}{quoted}{_skipped(case)}"
    )


def _skipped(case: Case) -> str:
    if case.health.count:
        return f" {counted(case.health.count, 'tick')} skipped so far."
    return " Ticks that come while it goes on are skipped."


def _overrun(case: Case) -> str:
    return f"The run in progress is {case.lasted} old, longer than the interval.{_skipped(case)} {_progress(case)}"


def _progress(case: Case) -> str:
    words = progress(case.task)
    return f"{words[0].upper()}{words[1:]}."


def _nothing_moved(case: Case) -> str:
    return (
        f"The last {counted(case.health.count, 'run')} succeeded but met no file at all. "
        f"Is the path right? {route_with_paths(case.job, case.names, ascii_only=case.ascii_only)}"
    )


def _shrank(case: Case) -> str:
    if case.health.code == BEFOREHAND:
        met = "nothing" if case.health.count == 0 else counted(case.health.count, "entry", "entries")
        before = count(case.health.previous_count)
        return (
            f"In its source folders stands {met}, where {before} stood before. The next run would "
            "DELETE at the destination what the source no longer has. Pause it until the source was looked at."
        )
    met = "no file at all" if case.health.count == 0 else f"only {counted(case.health.count, 'file')}"
    act = "leave it paused until that is mended" if case.job.stands_still else "pause this timer before more is lost"
    return (
        f"The last run met {met} at the source, where one before it met {count(case.health.previous_count)}. "
        "Each run DELETES at the destination what the source no longer has, so those files may be gone there too. "
        f"If the source was purged or is not mounted, {act}."
    )


def _first_run(case: Case) -> str:
    if case.health.since is None:
        return "It has not run yet."
    when = moments.date_time(case.health.since, case.now, case.zone)
    return f"It has not run yet. The first run is {when}, {moments.relative_words(case.health.since, case.now)}."


def _stopped(case: Case) -> str:
    return f"It has ended after {counted(case.health.count, 'run')} and will not run again."


_EXPLAIN: dict[Why, Callable[[Case], str]] = {
    Why.UNREADABLE: lambda case: (
        f"What Globus sent about this timer cannot be read: {one_line(case.health.text or '?')}. "
        "The other timers are not affected."
    ),
    Why.STALE: lambda case: "Globus has not answered for a while: how this timer is now is not known.",
    Why.UNKNOWN_STATUS: lambda case: (
        f'Its status is "{one_line(case.health.code or "?")}", which this version does not know.'
    ),
    Why.OUTCOME_UNKNOWN: lambda case: (
        "It ran, but how its runs ended is not known (yet)."
        if case.job.runs
        else "It ran, but Globus lists none of its runs (it keeps them for 90 days): how they ended is not known."
    ),
    Why.LAST_OUTCOME_UNKNOWN: lambda case: "How its last run ended is not known (yet); the one known before was fine.",
    Why.CONSENT_MISSING: _consent,
    Why.SESSION: _session,
    Why.AUTHORIZATION: _sign_in_again,
    Why.PAUSED_BY_SERVICE: lambda case: "Globus stopped it for a reason that it does not name.",
    Why.LATE: _late,
    Why.TASK_FAILED: _failed,
    Why.RUN_REFUSED: _refused,
    Why.TASK_TROUBLE: _trouble,
    Why.SLOW: lambda case: (
        f"The run in progress is {case.lasted} old, more than 3 times as long as usual."
        f"{_skipped(case)} {_progress(case)}"
    ),
    Why.LONGER_THAN_INTERVAL: _overrun,
    Why.RETRYING: lambda case: (
        f"The run could not be started; the service has been retrying since {case.since or '?'} and"
        f"{gives_up(case) or ' does so a while'} (half the interval, at most 45 minutes)."
    ),
    Why.SOURCE_SHRANK: _shrank,
    Why.FILES_SKIPPED: lambda case: (
        f"The last run succeeded, but {counted(case.health.count, 'file')} could not be read at the source and "
        "were left out."
    ),
    Why.NOTHING_MOVED: _nothing_moved,
    Why.IN_PROGRESS: _progress,
    Why.FIRST_RUN_AHEAD: _first_run,
    Why.ENDS_SOON: lambda case: f"All is well. It ends by itself after {counted(case.health.count, 'more run')}.",
    Why.FINE: lambda case: "All is well.",
    Why.PAUSED_BY_USER: lambda case: f"You paused it{rest_words(case)}; it runs again only when it is resumed.",
    Why.OVERSTAYED: lambda case: (
        f"It was paused{rest_words(case)}, and that is over. It runs again only when it is resumed."
    ),
    Why.NO_GOOD_COPY: lambda case: (
        "No run has made a good copy for longer than was agreed, whatever kept it: a pause, a refusal, a failure, or a "
        "source without files."
    ),
    Why.STOPPED: _stopped,
    Why.DELETING: lambda case: "It is being deleted; the service removes it by itself.",
}
