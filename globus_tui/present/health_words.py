"""Why a timer is as it is: a few words for its row, a sentence or two for its banner, and the command that helps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.schedule.schedule import OnceSchedule
from globus_tui.domain.timer.cause import AT_DESTINATION, AT_SOURCE
from globus_tui.domain.timer.health import BEFOREHAND, Health, Why, Word, task_in_progress
from globus_tui.domain.timer.job import PauseCause
from globus_tui.present import moments
from globus_tui.present.error_words import short_words
from globus_tui.present.gare_words import allow_words, consent_collections, session_short
from globus_tui.present.replaced_words import by_words
from globus_tui.present.run_words import progress
from globus_tui.present.sizes import count, counted
from globus_tui.present.transfer_words import collection_name, one_line, route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, tzinfo

    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.timer.orders import Acknowledgement
    from globus_tui.domain.transfer.task import Task
    from globus_tui.store.job_state import Replacement


@dataclass(frozen=True, slots=True)
class Case:
    """All that words about a timer may need.

    Attributes:
        names: collections' names by id.
        task: of its newest run, where known.
        replaced: what an edit put in its place.
        fleet: what of it differs from the fleet's files; empty where nothing does.
    """

    job: Job
    health: Health
    names: Mapping[str, str]
    now: datetime
    zone: tzinfo
    task: Task | None = None
    ascii_only: bool = False
    replaced: Replacement | None = None
    fleet: str = ""
    note: str = ""

    @property
    def since(self) -> str | None:
        """When it began, briefly."""
        return moments.since_words(self.health.since, self.now, self.zone) if self.health.since else None

    @property
    def lasted(self) -> str:
        """For how long it has been so; `?` when not known."""
        since = self.health.since
        return moments.duration(self.now - since) if since is not None else "?"

    @property
    def gare(self) -> Gare:
        return self.health.gare or Gare("")

    @property
    def consents(self) -> str:
        """The collections whose consent is missing, else what the scopes asked for allow."""
        collections = consent_collections(self.gare)
        if not collections:
            return ", ".join(path.rpartition(" > ")[2] for path in allow_words(self.gare, self.names)) or "?"
        return ", ".join(collection_name(key, self.names) for key in collections)


def why(case: Case) -> str:
    """A few words, the most telling first: the reason when something is wrong, else what goes on or the route."""
    words = _WHY[case.health.why](case)
    if case.health.word is Word.SIGN_IN and case.health.since is not None:
        words = f"{words} ({moments.duration(case.now - case.health.since)})"
    if case.health.acknowledged is not None:
        words = f"{known_words(case.health.acknowledged, case.now, case.zone)}{words}"
    words = f"{_while_paused(case)}{words}{_missed(case)}" if outlives_pause(case) else words
    if case.fleet:
        differs = f"differs from fleet file ({case.fleet})"
        words = f"{words}; {differs}" if case.health.word.is_trouble else f"{differs}; {words}"
    if case.replaced is None:
        return words
    by = by_words(case.job.label, case.replaced)
    return f"{by}; {words}" if case.health.word.is_trouble else by


def known_words(known: Acknowledgement, now: datetime, zone: tzinfo) -> str:
    """That the trouble is known, until when, and the reason given."""
    until = f" until {moments.since_words(known.until, now, zone)}" if known.until else ""
    return f"(known{until}{f': {one_line(known.reason)}' if known.reason else ''}) "


def outlives_pause(case: Case) -> bool:
    """Whether the timer is paused, but its health word is about something worse."""
    return case.job.stands_still and case.health.why not in _STANDING


_STANDING = {
    Why.CONSENT_MISSING, Why.SESSION, Why.AUTHORIZATION, Why.PAUSED_BY_SERVICE, Why.PAUSED_BY_USER, Why.OVERSTAYED,
    Why.NO_GOOD_COPY, Why.STALE, Why.UNREADABLE,
}  # fmt: skip


def _while_paused(case: Case) -> str:
    """`paused, last run FAILED: `; of a run in progress or of files no word is needed, as theirs say what it is."""
    last = " last run FAILED:" if case.health.word is Word.FAILED else ""
    return f"{paused_words(case)}{rest_words(case)},{last} "


def paused_words(case: Case) -> str:
    reason = case.job.inactive_reason
    cause = reason.cause.value if reason else case.job.activity.reason if case.job.activity else None
    return "paused" if cause == PauseCause.USER.value else "paused by Globus"


def remedies(job: Job, health: Health) -> tuple[tuple[str, str], ...]:
    """The commands that help, each with what it does, the best first; none when there is nothing to do but wait."""
    best = _remedy(job, health)
    stuck = health.why in _RUN_GOES_ON and task_in_progress(job, health)
    return (*((best,) if best else ()), *((("job.cancel-task", "cancels the task"),) if stuck else ()))


_RUN_GOES_ON = (Why.TASK_TROUBLE, Why.SLOW, Why.LONGER_THAN_INTERVAL)


def _remedy(job: Job, health: Health) -> tuple[str, str] | None:
    if health.why is Why.SOURCE_SHRANK and job.stands_still:
        return "list.choose", "shows its runs and paths: look at the source before it is resumed"
    if health.why is Why.RUN_REFUSED and health.gare is not None:
        return "job.fix", "signs in and grants what is missing"
    if health.why is Why.TASK_FAILED and not job.runs:
        return None
    return _REMEDIES.get(health.why)


_REMEDIES: dict[Why, tuple[str, str]] = {
    Why.UNREADABLE: ("job.json", "shows what Globus sent"),
    Why.STALE: ("jobs.refresh", "asks Globus again now"),
    Why.UNKNOWN_STATUS: ("job.json", "shows what Globus sent"),
    Why.OUTCOME_UNKNOWN: ("jobs.refresh", "asks Globus again now"),
    Why.LAST_OUTCOME_UNKNOWN: ("jobs.refresh", "asks Globus again now"),
    Why.CONSENT_MISSING: ("job.fix", "signs in, grants it and resumes"),
    Why.SESSION: ("job.fix", "signs in as asked and resumes"),
    Why.AUTHORIZATION: ("job.fix", "signs in again and resumes"),
    Why.PAUSED_BY_SERVICE: ("job.pause-resume", "resumes it"),
    Why.LATE: ("list.choose", "shows its schedule and runs; pausing and resuming it starts a run at once"),
    Why.TASK_FAILED: ("job.log", "shows the log of the failed task"),
    Why.RUN_REFUSED: ("list.choose", "shows the run and what Globus said"),
    Why.TASK_TROUBLE: ("job.log", "shows what stops the task"),
    Why.SLOW: ("job.log", "shows what the task is doing"),
    Why.LONGER_THAN_INTERVAL: ("job.log", "shows what the task is doing"),
    Why.SOURCE_SHRANK: ("job.pause-resume", "pauses it before the next run deletes more"),
    Why.FILES_SKIPPED: ("job.log", "shows which files and why"),
    Why.NOTHING_MOVED: ("list.choose", "shows the paths to check"),
    Why.PAUSED_BY_USER: ("job.pause-resume", "resumes it"),
    Why.OVERSTAYED: ("jobs.windows", "ends the maintenance window that paused it"),
    Why.NO_GOOD_COPY: ("list.choose", "shows what kept its runs from making one"),
}


def _session_missing(case: Case) -> str:
    return session_short(case.gare) or "sign in again"


def _sign_in_again(case: Case) -> str:
    message = one_line(case.gare.session_message or "")
    return f"sign-in needed: {message}" if message else "sign-in needed, Globus does not say which"


def _consent_missing(case: Case) -> str:
    session = session_short(case.gare)
    return f"consent missing: {case.consents}" + (f"; {session}" if session else "")


def _paused(by: str) -> Callable[[Case], str]:
    def words(case: Case) -> str:
        since = f" since {case.since}" if case.since else ""
        reason = f": {one_line(case.health.code)}" if case.health.code and case.health.code != "other" else ""
        return f"paused by {by}{since}{reason}{rest_words(case)}{_missed(case)}"

    return words


def rest_words(case: Case) -> str:
    """Why and until when, as whoever paused it here wrote down; empty where nobody did."""
    rest = case.health.pause_note
    if rest is None:
        return ""
    until = f" until {moments.since_words(rest.until, case.now, case.zone)}" if rest.until else ""
    return f"{until}{f': {one_line(rest.reason)}' if rest.reason else ''}"


def _overstayed(case: Case) -> str:
    rest = case.health.pause_note
    reason = f": {one_line(rest.reason)}" if rest and rest.reason else ""
    return f"pause should have ended {case.since or '?'}, {case.lasted} ago{reason}{_missed(case)}"


def _no_good_copy(case: Case) -> str:
    age = f"last good copy is {case.lasted} old" if case.health.code is None else f"no good copy in {case.lasted}"
    return f"{paused_words(case)}, {age}" if case.job.stands_still else age


def _missed(case: Case) -> str:
    return f", {counted(case.health.missed, 'run')} missed" if case.health.missed else ""


def _late(case: Case) -> str:
    return f"due {case.since or '?'}, not started, {case.lasted} late"


def _failed(case: Case) -> str:
    cause = short_words(case.health.code, case.health.text)
    where = _blamed(case)
    runs = _in_a_row(case)
    return f"{cause}{f', {where}' if where else ''}{runs}"


def _in_a_row(case: Case) -> str:
    """How many runs failed in a row, and since when: ` (3 runs in 2d4h)`."""
    if (case.health.count or 0) < 2:
        return ""
    lasted = f" in {moments.duration(case.now - case.health.began)}" if case.health.began else ""
    return f" ({counted(case.health.count, 'run')}{lasted})"


def _refused(case: Case) -> str:
    runs = _in_a_row(case)
    if case.health.gare is not None:
        return f"refused: {_consent_missing(case) if case.gare.wants_consent else _session_missing(case)}{runs}"
    return f"run refused: {short_words(case.health.code, case.health.text)}{runs}"


def _blamed(case: Case) -> str | None:
    """The collection where an error of this kind arises, when the kind tells."""
    transfer = case.job.transfer
    if transfer is None:
        return None
    if case.health.code in AT_DESTINATION:
        return collection_name(transfer.destination_endpoint, case.names)
    return collection_name(transfer.source_endpoint, case.names) if case.health.code in AT_SOURCE else None


def gives_up(case: Case) -> str:
    """` gives up 17:32`: until when it is tried, by the deadline of its task or by the service's rule.

    Documented for a run that cannot be started: half the interval, at most 45 minutes. Empty where that is not known.
    """
    ends = case.task.deadline if case.task is not None else None
    if case.health.why is Why.RETRYING:
        half = timedelta(seconds=case.job.interval_seconds / 2) if case.job.interval_seconds else _RETRIED
        ends = case.health.since + min(half, _RETRIED) if case.health.since else None
        ends = ends if ends and ends > case.now else None
    return f" gives up {moments.since_words(ends, case.now, case.zone)}" if ends else ""


_RETRIED = timedelta(minutes=45)


def _trouble(case: Case) -> str:
    stuck = f"task stuck: {short_words(case.health.code, case.health.text)}, {case.lasted} old"
    return f"{stuck}{',' * bool(gives_up(case))}{gives_up(case)}{_skipped(case)}"


def _skipped(case: Case) -> str:
    return f", {counted(case.health.count, 'tick')} skipped" if case.health.count else ""


def _retrying(case: Case) -> str:
    until = gives_up(case)
    return f"service retrying since {case.since or '?'}{',' * bool(until)}{until}"


def _overrun(case: Case) -> str:
    return f"run is {case.lasted} old: {counted(case.health.count, 'tick')} skipped so far"


def _shrank(case: Case) -> str:
    if case.health.code == BEFOREHAND:
        met = "EMPTY" if case.health.count == 0 else f"down to {counted(case.health.count, 'entry', 'entries')}"
        return f"source {met} ({count(case.health.previous_count)} before), and the next run deletes"
    if case.health.count == 0:
        return f"source EMPTY ({count(case.health.previous_count)} files before), and it deletes"
    return f"source shrank: {count(case.health.previous_count)} to {counted(case.health.count, 'file')}, and it deletes"


def _first_ahead(case: Case) -> str:
    if case.health.since is None:
        return "has not run yet"
    return f"first run {moments.relative_words(case.health.since, case.now)}"


def _outcome_unknown(case: Case) -> str:
    if not case.job.runs:
        return f"{counted(case.job.n_runs, 'run')} made, none listed: outcome not known"
    when = f" {moments.relative_words(case.health.since, case.now)}" if case.health.since else ""
    return f"how the run{when} ended is not known"


def _stopped(case: Case) -> str:
    end = getattr(case.job.schedule, "end", None)
    runs = "?" if case.health.count is None else str(case.health.count)
    of = f" of {end.after_runs}" if end is not None and end.after_runs is not None else ""
    noun = "run" if not of and case.health.count == 1 else "runs"
    return f"stopped after {runs}{of} {noun}"


def _route(case: Case) -> str:
    return route(case.job, case.names, ascii_only=case.ascii_only)


_WHY: dict[Why, Callable[[Case], str]] = {
    Why.UNREADABLE: lambda case: f"Globus sent what cannot be read: {one_line(case.health.text or '?')}",
    Why.STALE: lambda case: "no news from Globus: state not known",
    Why.UNKNOWN_STATUS: lambda case: f"unknown status: {one_line(case.health.code or '?')}",
    Why.OUTCOME_UNKNOWN: _outcome_unknown,
    Why.LAST_OUTCOME_UNKNOWN: _outcome_unknown,
    Why.CONSENT_MISSING: _consent_missing,
    Why.SESSION: _session_missing,
    Why.AUTHORIZATION: _sign_in_again,
    Why.PAUSED_BY_SERVICE: _paused("Globus"),
    Why.LATE: _late,
    Why.TASK_FAILED: _failed,
    Why.RUN_REFUSED: _refused,
    Why.TASK_TROUBLE: _trouble,
    Why.SLOW: lambda case: f"run is {case.lasted} old, over 3 times the usual{_skipped(case)}",
    Why.LONGER_THAN_INTERVAL: _overrun,
    Why.RETRYING: _retrying,
    Why.SOURCE_SHRANK: _shrank,
    Why.FILES_SKIPPED: lambda case: f"last run ok but {counted(case.health.count, 'file')} skipped",
    Why.NOTHING_MOVED: lambda case: f"{counted(case.health.count, 'run')} moved 0 files: wrong path?",
    Why.IN_PROGRESS: lambda case: progress(case.task),
    Why.FIRST_RUN_AHEAD: _first_ahead,
    Why.ENDS_SOON: lambda case: f"ends soon: {counted(case.health.count, 'run')} left, {_route(case)}",
    Why.FINE: _route,
    Why.PAUSED_BY_USER: _paused("you"),
    Why.OVERSTAYED: _overstayed,
    Why.NO_GOOD_COPY: _no_good_copy,
    Why.STOPPED: _stopped,
    Why.DELETING: lambda case: "being deleted",
}


def next_words(case: Case) -> str:
    """When it runs next, for a narrow column: a time, or `paused`, `skipped`, `now`; `-` never, `?` not known."""
    job, health = case.job, case.health
    if job.unreadable:
        return "?"
    if job.stands_still:
        return "paused"
    if health.why is Why.RETRYING:
        return "now"
    if job.next_run is not None:
        overrun = health.why in _RUN_GOES_ON and job.next_run <= case.now
        return "skipped" if overrun else moments.column(job.next_run, case.now, case.zone)
    return "-" if job.is_over or (isinstance(job.schedule, OnceSchedule) and job.runs) else "?"
