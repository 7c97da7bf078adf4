"""Situations a timer gets into: each has one word, one reason, words for the row, a sentence, and a key that helps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from globus_tui.commands import DEFAULT_KEYS
from globus_tui.domain.auth.scope import TIMER, flow_user_scope
from globus_tui.domain.timer.health import Why, Word, judge
from globus_tui.domain.timer.history import task_of
from globus_tui.domain.timer.job import Job, JobKind
from globus_tui.domain.timer.orders import NONE, Acknowledgement, Orders, PauseNote
from globus_tui.present.health_sentences import explain, headline
from globus_tui.present.health_words import Case, next_words, remedies, why
from globus_tui.store.rows import OUTDATED
from tests.domain.samples import (
    DATA_ACCESS,
    DAY,
    HOUR,
    MINUTE,
    NAMES,
    NOW,
    SOURCE,
    START,
    TODAY_TICK,
    by_id,
    consent_required,
    failed_task,
    job,
    job_document,
    paused,
    recurring,
    refused_document,
    run_document,
    running,
    session_required,
    task,
    wire,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from globus_tui.domain.transfer.task import Task

ZONE = ZoneInfo("America/Chicago")
FLOW = "75981d10-0000-4000-8000-000000000003"
RETRY_SINCE = NOW - 2 * MINUTE
NOTHING_NAMED: dict[str, object] = {
    "no parameters": {"code": "AuthorizationRequired", "authorization_parameters": {}},
    "neither code nor parameters": {"authorization_parameters": {}},
    "a code alone": {"code": "AuthorizationRequired"},
    "empty lists and no second factor": session_required(
        session_required_identities=[],
        session_required_policies=[],
        session_required_single_domain=[],
        required_scopes=[],
        session_required_mfa=False,
    ),
    "empty texts": session_required(required_scopes="", session_required_policies="", prompt=None),
    "nothing at all": None,
}


def past(count: int, status: str = "succeeded", first: int = 0) -> list[dict[str, object]]:
    return [run_document(TODAY_TICK - n * DAY, n, status) for n in range(first, first + count)]


@dataclass(frozen=True)
class Situation:
    job: Job
    word: Word
    reason: Why
    row: str
    sentence: str
    key: str | None = None
    tasks: Mapping[str, Task] = field(default_factory=dict)
    next: str | None = None
    stale: bool = False
    orders: Orders = NONE


MIRROR = {**job_document()["body"], "delete_destination_extra": True}
REFUSED_TODAY = [refused_document(TODAY_TICK), *past(3, first=1)]

SITUATIONS = {
    # nobody can tell
    "a document without an id": Situation(
        Job.from_document({"status": "active"}),
        Word.UNKNOWN,
        Why.UNREADABLE,
        "Globus sent what cannot be read: it has no job_id",
        "The other timers are not affected.",
        "job.json",
        next="?",
    ),
    "no answer for three refreshes": Situation(
        job(), Word.UNKNOWN, Why.STALE, "no news from Globus", "is not known", "jobs.refresh", stale=True
    ),
    "a status of a later day": Situation(
        job(status="hibernating", activity=None, next_run=None),
        Word.UNKNOWN,
        Why.UNKNOWN_STATUS,
        "unknown status: hibernating",
        '"hibernating"',
        "job.json",
        next="?",
    ),
    "runs whose outcome nobody knows": Situation(
        job(past(3, "submitted")),
        Word.UNKNOWN,
        Why.OUTCOME_UNKNOWN,
        "how the run 12 h ago ended is not known",
        "not known (yet)",
        "jobs.refresh",
    ),
    "runs so long ago that none is listed": Situation(
        job([], n_runs=3),
        Word.UNKNOWN,
        Why.OUTCOME_UNKNOWN,
        "3 runs made, none listed: outcome not known",
        "keeps them for 90 days",
        "jobs.refresh",
    ),
    "a flow that may not be started any more": Situation(
        job(
            **paused(
                "globus_auth_requirements",
                consent_required(f"{TIMER}[{flow_user_scope(FLOW)}]"),
                timer_type="flow",
                flow_id=FLOW,
            )
        ),
        Word.SIGN_IN,
        Why.CONSENT_MISSING,
        "consent missing: start the flow (75981d10)",
        "Allow: Timers > start the flow (75981d10).",
        "job.fix",
    ),
    "a newest run whose task is not known yet": Situation(
        job([*past(1, "submitted"), *past(3, first=1)]),
        Word.OK,
        Why.LAST_OUTCOME_UNKNOWN,
        "how the run 12 h ago ended is not known",
        "the one known before was fine",
        "jobs.refresh",
    ),
    # a person has to sign in
    "consent withdrawn two nights ago": Situation(
        job(
            [refused_document(TODAY_TICK - 2 * DAY), *past(3, first=3)],
            **paused("globus_auth_requirements", consent_required(DATA_ACCESS)),
        ),
        Word.SIGN_IN,
        Why.CONSENT_MISSING,
        "consent missing: NERSC DTN",
        '"NERSC DTN" for you: the data_access consent is missing. '
        "2 scheduled runs were missed. Resuming starts ONE catch-up run at once.",
        "job.fix",
        next="paused",
    ),
    "consent found missing at the first run": Situation(
        job([refused_document(TODAY_TICK)], **paused("globus_auth_requirements", consent_required(DATA_ACCESS))),
        Word.SIGN_IN,
        Why.CONSENT_MISSING,
        "consent missing: NERSC DTN",
        "No run was missed so far. Resuming may start ONE catch-up run",
        "job.fix",
    ),
    "consent and second factor at once": Situation(
        job(**paused("globus_auth_requirements", consent_required(DATA_ACCESS, session_required_mfa=True))),
        Word.SIGN_IN,
        Why.CONSENT_MISSING,
        "consent missing: NERSC DTN; sign in with MFA",
        "Globus also wants you to sign in with MFA.",
        "job.fix",
    ),
    "another identity wanted": Situation(
        job(
            **paused("globus_auth_requirements", session_required(session_required_identities=["pat@lab.example.org"]))
        ),
        Word.SIGN_IN,
        Why.SESSION,
        "sign in as pat@lab.example.org",
        "Sign in as pat@lab.example.org.",
        "job.fix",
    ),
    "a domain wanted": Situation(
        job(**paused("globus_auth_requirements", session_required(session_required_single_domain=["uni.example.edu"]))),
        Word.SIGN_IN,
        Why.SESSION,
        "sign in with uni.example.edu",
        "Sign in with an identity of uni.example.edu.",
        "job.fix",
    ),
    "a second factor wanted": Situation(
        job(**paused("globus_auth_requirements", session_required(session_required_mfa=True))),
        Word.SIGN_IN,
        Why.SESSION,
        "sign in with MFA",
        "Use a second factor (MFA).",
        "job.fix",
    ),
    "a policy not met, as comma text": Situation(
        job(
            **paused(
                "globus_auth_requirements",
                {
                    "code": "AuthPolicyFailed",
                    "authorization_parameters": {
                        "session_message": "Failing collection authentication policy",
                        "session_required_policies": "5d0c0000-1,77aa0000-2",
                    },
                },
            )
        ),
        Word.SIGN_IN,
        Why.SESSION,
        "sign in by the collection's policy",
        "Satisfy the sign-in policies (5d0c0000), (77aa0000)",
        "job.fix",
    ),
    "a requirement in no form we know": Situation(
        job(**paused("globus_auth_requirements", {"surprise": True})),
        Word.SIGN_IN,
        Why.AUTHORIZATION,
        "sign-in needed",
        "does not say what it misses",
        "job.fix",
    ),
    "a requirement said by the activity alone": Situation(
        job(**paused("globus_auth_requirements", inactive_reason=None)),
        Word.SIGN_IN,
        Why.AUTHORIZATION,
        "sign-in needed",
        "does not say what it misses",
        "job.fix",
    ),
    # it should have run
    "due last night and nothing happened": Situation(
        job(past(3, first=1), next_run=wire(TODAY_TICK)),
        Word.OVERDUE,
        Why.LATE,
        "due 02:00, not started, 12h late",
        "No run is in progress and the service does not say that it retries.",
        "list.choose",
    ),
    "due an hour and a half ago": Situation(
        job(next_run=wire(NOW - 92 * MINUTE), schedule=recurring(86400, START + 11 * HOUR)),
        Word.OVERDUE,
        Why.LATE,
        "due 13:00, not started, 1h32m late",
        "1h32m late",
        "list.choose",
    ),
    "late, and the service names no next run": Situation(
        job(past(3, first=1), next_run=None, activity=None),
        Word.OVERDUE,
        Why.LATE,
        "due 02:00, not started",
        "has not started",
        "list.choose",
    ),
    "a first run that never came": Situation(
        job([], next_run=wire(NOW - HOUR)), Word.OVERDUE, Why.LATE, "1h late", "has not started", "list.choose"
    ),
    "a single run that never came": Situation(
        job([], schedule={"type": "once", "datetime": wire(NOW - HOUR)}, next_run=None, activity=None),
        Word.OVERDUE,
        Why.LATE,
        "due 13:32, not started, 1h late",
        "has not started",
        "list.choose",
    ),
    "late by less than the grace": Situation(
        job(next_run=wire(NOW - 9 * MINUTE)), Word.OK, Why.FINE, "NERSC DTN → Campus Archive", "All is well."
    ),
    # it ran and failed
    "three tasks in a row over quota": Situation(
        job(past(14, "submitted")),
        Word.FAILED,
        Why.TASK_FAILED,
        "quota exceeded, Campus Archive (3 runs in 2d12h)",
        "The last 3 runs failed. Quota exceeded.",
        "job.log",
        by_id(*(failed_task(n) for n in range(3)), *(task(n) for n in range(3, 14))),
    ),
    "every task fails though the timer is active": Situation(
        job(past(2)),
        Word.FAILED,
        Why.TASK_FAILED,
        "file not found, NERSC DTN (2 runs in 36h)",
        "Check the path.",
        "job.log",
        by_id(failed_task(0, "FILE_NOT_FOUND"), failed_task(1, "FILE_NOT_FOUND")),
    ),
    "an error of a later day": Situation(
        job(past(2)),
        Word.FAILED,
        Why.TASK_FAILED,
        "SOLAR_FLARE: the sun did it",
        "SOLAR_FLARE: the sun did it.",
        "job.log",
        by_id(failed_task(0, "SOLAR_FLARE", "the sun\ndid it")),
    ),
    "a failure that no one explains": Situation(
        job([run_document(TODAY_TICK, status="failed"), *past(2, first=1)]),
        Word.FAILED,
        Why.TASK_FAILED,
        "no reason given",
        "The last run failed. No reason given.",
        "job.log",
    ),
    "a new run goes on after a failed one": Situation(
        job([run_document(NOW - HOUR, 0, "active"), *past(3, first=1)], **running(NOW - HOUR)),
        Word.FAILED,
        Why.TASK_FAILED,
        "quota exceeded, Campus Archive",
        "The last run failed.",
        "job.log",
        by_id(task(0, "ACTIVE"), failed_task(1)),
    ),
    "the newest outcome is unknown, the one before failed": Situation(
        job([*past(1, "submitted"), *past(3, first=1)]),
        Word.FAILED,
        Why.TASK_FAILED,
        "quota exceeded",
        "The last run failed.",
        "job.log",
        by_id(failed_task(1)),
    ),
    "a run that Transfer did not take": Situation(
        job([refused_document(TODAY_TICK, 500, errors={"error": {"detail": "boom"}}), *past(3, first=1)]),
        Word.FAILED,
        Why.RUN_REFUSED,
        "run refused: boom (HTTP 500)",
        "could not be started, nothing was moved",
        "list.choose",
    ),
    "a run refused for a consent, the timer still active": Situation(
        job([refused_document(TODAY_TICK, errors=consent_required(DATA_ACCESS)), *past(3, first=1)]),
        Word.FAILED,
        Why.RUN_REFUSED,
        "refused: consent missing: NERSC DTN",
        "Allow: Timers > Transfer > read and write your files on NERSC DTN.",
        "job.fix",
    ),
    "ended yesterday with a failure": Situation(
        job(past(2), status="ended", activity=None, next_run=None),
        Word.FAILED,
        Why.TASK_FAILED,
        "quota exceeded",
        "The last run failed.",
        "job.log",
        by_id(failed_task(0)),
        next="-",
    ),
    # a run in progress
    "a task paused by a manager": Situation(
        job([run_document(NOW - 3 * HOUR, 0, "active")], **running(NOW - 3 * HOUR)),
        Word.BLOCKED,
        Why.TASK_TROUBLE,
        "task stuck: paused by a collection's manager, 3h old",
        "its task does not move",
        "job.log",
        by_id(task(0, "ACTIVE", is_paused=True)),
    ),
    "a task that waits for a sign-in": Situation(
        job([run_document(NOW - 3 * HOUR, 0, "active")], **running(NOW - 3 * HOUR)),
        Word.BLOCKED,
        Why.TASK_TROUBLE,
        "task stuck: waits for a new sign-in, 3h old",
        "Sign in again",
        "job.log",
        by_id(task(0, "INACTIVE", nice_status=None)),
    ),
    "a personal computer that is off": Situation(
        job([run_document(NOW - 3 * HOUR, 0, "active")], **running(NOW - 3 * HOUR)),
        Word.BLOCKED,
        Why.TASK_TROUBLE,
        "task stuck: Globus Connect Personal is not connected",
        "ask the owner of that computer",
        "job.log",
        by_id(task(0, "ACTIVE", nice_status="GC_NOT_CONNECTED")),
    ),
    "three times as long as usual": Situation(
        job([run_document(NOW - 3 * HOUR, 0, "active"), *past(4, first=1)], **running(NOW - 3 * HOUR)),
        Word.BLOCKED,
        Why.SLOW,
        "run is 3h old, over 3 times the usual",
        "more than 3 times as long as usual",
        "job.log",
        by_id(task(0, "ACTIVE")),
    ),
    "a run of 31 hours on a timer of 8": Situation(
        job(
            [run_document(NOW - 31 * HOUR, 0, "active")],
            schedule=recurring(8 * 3600, NOW - 31 * HOUR),
            next_run=wire(NOW - 7 * HOUR),
            **running(NOW - 31 * HOUR),
        ),
        Word.OVERRUN,
        Why.LONGER_THAN_INTERVAL,
        "run is 31h old: 3 ticks skipped so far",
        "3 ticks skipped so far.",
        "job.log",
        by_id(task(0, "ACTIVE")),
        next="skipped",
    ),
    "an overrun that the results do not list": Situation(
        job(
            [run_document(NOW - 39 * HOUR, 1)],
            schedule=recurring(8 * 3600, NOW - 39 * HOUR),
            **running(NOW - 31 * HOUR),
        ),
        Word.OVERRUN,
        Why.LONGER_THAN_INTERVAL,
        "run is 31h old: 3 ticks skipped so far",
        "longer than the interval",
        "job.log",
        next="Sun 02:00",
    ),
    "the service retries": Situation(
        job(
            next_run=wire(NOW - HOUR),
            activity={"code": "retrying", "start_timestamp": wire(RETRY_SINCE)},
        ),
        Word.RETRY,
        Why.RETRYING,
        "service retrying since 14:30, gives up 15:15",
        "at most 45 minutes",
        next="now",
    ),
    # it ran, but
    "files skipped": Situation(
        job(past(3)),
        Word.WARN,
        Why.FILES_SKIPPED,
        "last run ok but 412 files skipped",
        "412 files could not be read at the source",
        "job.log",
        by_id(task(0, subtasks_skipped_errors=412)),
    ),
    "fourteen runs that met no file": Situation(
        job(),
        Word.WARN,
        Why.NOTHING_MOVED,
        "14 runs moved 0 files: wrong path?",
        "NERSC DTN:/proj/ → Campus Archive:/climate/",
        "list.choose",
        by_id(*(task(n, files=0, files_transferred=0, files_skipped=0) for n in range(14))),
    ),
    "a mirror that deletes, from a source that shrank": Situation(
        job(past(3), body=MIRROR),
        Word.WARN,
        Why.SOURCE_SHRANK,
        "source shrank: 30 000 to 700 files, and it deletes",
        "pause this timer before more is lost",
        "job.pause-resume",
        by_id(task(0, files=700), task(1, files=30_000)),
    ),
    "a mirror that deletes, from an empty source": Situation(
        job(past(3), body=MIRROR),
        Word.WARN,
        Why.SOURCE_SHRANK,
        "source EMPTY (412 files before), and it deletes",
        "The last run met no file at all at the source, where one before it met 412.",
        "job.pause-resume",
        by_id(task(0, files=0), task(1, files=0), task(2, files=412)),
    ),
    "paused by Globus for a reason it keeps": Situation(
        job(past(3, first=2), **paused("other")),
        Word.WARN,
        Why.PAUSED_BY_SERVICE,
        "paused by Globus, 2 runs missed",
        "does not name. 2 scheduled runs were missed. Resuming starts ONE catch-up run at once.",
        "job.pause-resume",
    ),
    # nothing to do
    "a healthy run in progress": Situation(
        job([run_document(NOW - HOUR, 0, "active"), *past(4, first=1)], **running(NOW - HOUR)),
        Word.RUNNING,
        Why.IN_PROGRESS,
        "18k of 40k files, 310 MB/s",
        "18k of 40k files, 310 MB/s.",
        None,
        by_id(task(0, "ACTIVE", files=40000, files_transferred=18234)),
    ),
    "a run in progress whose task is not known": Situation(
        job([run_document(NOW - HOUR, 0, "submitted"), *past(4, first=1)], **running(NOW - HOUR)),
        Word.RUNNING,
        Why.IN_PROGRESS,
        "in progress",
        "In progress.",
    ),
    "all well": Situation(job(), Word.OK, Why.FINE, "NERSC DTN → Campus Archive", "All is well.", next="Sun 02:00"),
    "mirrors that find nothing new are fine": Situation(
        job(),
        Word.OK,
        Why.FINE,
        "NERSC DTN → Campus Archive",
        "All is well.",
        None,
        by_id(*(task(n, files_transferred=0, files_skipped=900) for n in range(14))),
    ),
    "a first run to come": Situation(
        job([], next_run=wire(NOW + 4 * MINUTE)),
        Word.OK,
        Why.FIRST_RUN_AHEAD,
        "first run in 4 min",
        "The first run is Sat 21 Nov 14:36, in 4 min.",
    ),
    "two runs left": Situation(
        job(n_runs=8, schedule=recurring(86400, START, {"condition": "iterations", "count": 10})),
        Word.OK,
        Why.ENDS_SOON,
        "ends soon: 2 runs left, NERSC DTN",
        "It ends by itself after 2 more runs.",
    ),
    "paused by its owner": Situation(
        job(past(3, first=18), **paused("user")),
        Word.PAUSED,
        Why.PAUSED_BY_USER,
        "paused by you, 18 runs missed",
        "You paused it; it runs again only when it is resumed. 18 scheduled runs were missed. "
        "Resuming starts ONE catch-up run at once.",
        "job.pause-resume",
        next="paused",
    ),
    "paused here for a reason, and until when": Situation(
        job(past(3, first=0), **paused("user")),
        Word.PAUSED,
        Why.PAUSED_BY_USER,
        "paused by you until 20:32: disk swap",
        "You paused it until 20:32: disk swap; it runs again only when it is resumed.",
        "job.pause-resume",
        orders=Orders(pause_note=PauseNote("disk swap", NOW + 6 * HOUR)),
        next="paused",
    ),
    "paused for longer than was meant": Situation(
        job(past(3, first=0), **paused("user")),
        Word.WARN,
        Why.OVERSTAYED,
        "pause should have ended 12:32, 2h ago: disk swap",
        "It was paused until 12:32: disk swap, and that is over.",
        "jobs.windows",
        orders=Orders(pause_note=PauseNote("disk swap", NOW - 2 * HOUR)),
        next="paused",
    ),
    "paused, and its last good copy is too old": Situation(
        job(past(3, first=2), **paused("user")),
        Word.OVERDUE,
        Why.NO_GOOD_COPY,
        "paused, last good copy is 2d11h old",
        "No run has made a good copy for longer than was agreed",
        "list.choose",
        orders=Orders(good_within=26 * HOUR),
    ),
    "refused for so long that its last good copy is too old": Situation(
        job([refused_document(TODAY_TICK), refused_document(TODAY_TICK - DAY), *past(3, first=2)]),
        Word.OVERDUE,
        Why.NO_GOOD_COPY,
        "last good copy is 2d11h old",
        "No run has made a good copy for longer than was agreed",
        "list.choose",
        orders=Orders(good_within=26 * HOUR),
    ),
    "an empty mount for so long that its last good copy is too old": Situation(
        job(past(9)),
        Word.OVERDUE,
        Why.NO_GOOD_COPY,
        "last good copy is 2d11h old",
        "No run has made a good copy for longer than was agreed",
        "list.choose",
        by_id(
            *(
                task(n, files_transferred=0 if n < 2 else 900, completion_time=wire(TODAY_TICK - n * DAY + 48 * MINUTE))
                for n in range(9)
            )
        ),
        orders=Orders(good_within=26 * HOUR),
    ),
    "failed, and somebody knows": Situation(
        job(past(1, "failed")),
        Word.FAILED,
        Why.TASK_FAILED,
        "(known until Sun 22 Nov 14:32: ticket 12) quota exceeded",
        "The last run failed.",
        "job.log",
        by_id(failed_task(0)),
        orders=Orders(acknowledged=Acknowledgement(Word.FAILED.rank, "ticket 12", NOW + DAY)),
    ),
    "paused by its owner, nothing missed": Situation(
        job(**paused("user")),
        Word.PAUSED,
        Why.PAUSED_BY_USER,
        "paused by you",
        "No run was missed so far. Resuming starts nothing at once",
        "job.pause-resume",
    ),
    "paused after a run that failed": Situation(
        job(past(1, "failed", first=2), **paused("user")),
        Word.FAILED,
        Why.TASK_FAILED,
        "paused, last run FAILED: quota exceeded, Campus Archive, 2 runs missed",
        "It is paused. 2 scheduled runs were missed. Resuming starts ONE catch-up run at once.",
        "job.log",
        by_id(replace(failed_task(2), completed=TODAY_TICK - 2 * DAY + HOUR)),
        next="paused",
    ),
    "paused by Globus for no reason given, after a run that failed": Situation(
        job(past(1, "failed"), **paused("other")),
        Word.FAILED,
        Why.TASK_FAILED,
        "paused by Globus, last run FAILED: quota exceeded",
        "It is paused by Globus. No run was missed so far.",
        "job.log",
        by_id(failed_task(0)),
    ),
    "paused after a run that was refused": Situation(
        job([refused_document(TODAY_TICK)], **paused("user")),
        Word.FAILED,
        Why.RUN_REFUSED,
        "paused, last run FAILED: run refused",
        "It is paused.",
        "list.choose",
    ),
    "paused while its run is stuck": Situation(
        job([run_document(TODAY_TICK - DAY, 0, "active")], **paused("user")),
        Word.BLOCKED,
        Why.TASK_TROUBLE,
        "paused, task stuck: Globus Connect Personal is not connected, 36h old, 1 tick skipped",
        "1 tick skipped so far. It is paused. No run was missed so far. Resuming starts nothing at once",
        "job.log",
        by_id(task(0, "ACTIVE", nice_status="GC_NOT_CONNECTED")),
        next="paused",
    ),
    "paused while its run takes longer than the interval": Situation(
        job([run_document(TODAY_TICK - DAY, 0, "active")], **paused("user")),
        Word.OVERRUN,
        Why.LONGER_THAN_INTERVAL,
        "paused, run is 36h old: 1 tick skipped so far",
        "It is paused.",
        "job.log",
        by_id(task(0, "ACTIVE")),
    ),
    "paused while its run goes on as usual": Situation(
        job([run_document(TODAY_TICK, 0, "active")], **paused("user")),
        Word.PAUSED,
        Why.PAUSED_BY_USER,
        "paused by you",
        "You paused it",
        "job.pause-resume",
        by_id(task(0, "ACTIVE")),
    ),
    "paused mirror whose source shrank": Situation(
        job(past(3), body={**job_document()["body"], "delete_destination_extra": True}, **paused("user")),
        Word.WARN,
        Why.SOURCE_SHRANK,
        "paused, source shrank: 1 000 to 9 files, and it deletes",
        "leave it paused until that is mended. It is paused.",
        "list.choose",
        by_id(task(0, files=9), task(1, files=1000), task(2, files=1000)),
    ),
    "paused after files were skipped": Situation(
        job(past(1), **paused("user")),
        Word.WARN,
        Why.FILES_SKIPPED,
        "paused, last run ok but 412 files skipped",
        "It is paused.",
        "job.log",
        by_id(task(0, subtasks_skipped_errors=412)),
    ),
    "a flow run that waits for its owner": Situation(
        job([run_document(NOW - HOUR, 0, "INACTIVE", end_timestamp=None)], **running(NOW - HOUR)),
        Word.BLOCKED,
        Why.TASK_TROUBLE,
        "task stuck",
        "does not move",
        "job.log",
    ),
    "stuck beyond its usual time and longer than the interval": Situation(
        job(
            [run_document(NOW - 5 * HOUR, 0, "active"), *(run_document(NOW - n * HOUR, n) for n in range(6, 10))],
            **running(NOW - 5 * HOUR),
            schedule=recurring(3600, NOW - 10 * HOUR),
            next_run=wire(NOW - 4 * HOUR),
        ),
        Word.BLOCKED,
        Why.SLOW,
        "run is 5h old, over 3 times the usual, 5 ticks skipped",
        "5 ticks skipped so far",
        "job.log",
        next="skipped",
    ),
    "paused after its end": Situation(
        job(
            past(1, first=3),
            **paused("user"),
            schedule=recurring(86400, START, {"condition": "time", "datetime": wire(TODAY_TICK - DAY)}),
        ),
        Word.PAUSED,
        Why.PAUSED_BY_USER,
        "paused by you, 2 runs missed",
        "2 scheduled runs were missed. Resuming starts nothing: its schedule is over.",
        "job.pause-resume",
    ),
    "a requirement in plain words": Situation(
        job(**paused("globus_auth_requirements", "Your data_access consent was revoked")),
        Word.SIGN_IN,
        Why.AUTHORIZATION,
        "sign-in needed: Your data_access consent was revoked",
        'It says: "Your data_access consent was revoked".',
        "job.fix",
    ),
    "a requirement in words that name the collection": Situation(
        job(
            **paused(
                "globus_auth_requirements",
                f"Missing https://auth.globus.org/scopes/{SOURCE}/data_access (ask its owner).",
            )
        ),
        Word.SIGN_IN,
        Why.CONSENT_MISSING,
        "consent missing: NERSC DTN",
        "It may not use",
        "job.fix",
    ),
    "a requirement with its scopes in one string": Situation(
        job(**paused("globus_auth_requirements", {"code": "ConsentRequired", "required_scopes": DATA_ACCESS})),
        Word.SIGN_IN,
        Why.CONSENT_MISSING,
        "consent missing: NERSC DTN",
        "It may not use",
        "job.fix",
    ),
    **{
        f"a requirement that names nothing: {named}": Situation(
            job(**paused("globus_auth_requirements", detail)),
            Word.SIGN_IN,
            Why.AUTHORIZATION,
            "sign-in needed, Globus does not say which",
            "until you sign in again",
            "job.fix",
        )
        for named, detail in NOTHING_NAMED.items()
    },
    "paused, and its ticks are not known": Situation(
        job(schedule=None, **paused("user")),
        Word.PAUSED,
        Why.PAUSED_BY_USER,
        "paused by you",
        "How many runs were missed is not known. If one was, resuming starts ONE catch-up run at once.",
        "job.pause-resume",
    ),
    "a new status with an activity that says paused": Situation(
        job(status="suspended", next_run=None, activity={"code": "paused", "reason": "user"}),
        Word.PAUSED,
        Why.PAUSED_BY_USER,
        "paused by you",
        "You paused it",
        "job.pause-resume",
    ),
    "ended as planned": Situation(
        job(
            n_runs=10,
            status="ended",
            activity=None,
            next_run=None,
            schedule=recurring(86400, START, {"count": 10}),
        ),
        Word.ENDED,
        Why.STOPPED,
        "stopped after 10 of 10 runs",
        "It has ended after 10 runs and will not run again.",
        next="-",
    ),
    "ended long ago with a failure": Situation(
        job(
            [run_document(TODAY_TICK - 8 * DAY, status="failed")],
            status="ended",
            activity=None,
            next_run=None,
        ),
        Word.ENDED,
        Why.STOPPED,
        "stopped after 1 run",
        "will not run again",
    ),
    "ended while its last run goes on": Situation(
        job([run_document(NOW - HOUR, 0, "active")], status="ended", activity=None, next_run=None),
        Word.RUNNING,
        Why.IN_PROGRESS,
        "18k",
        "18k",
        None,
        by_id(task(0, "ACTIVE", files=40000, files_transferred=18234)),
    ),
    "being deleted": Situation(
        job(status="delete_in_progress"), Word.ENDED, Why.DELETING, "being deleted", "removes it by itself"
    ),
}


def case_of(situation: Situation) -> Case:
    job, tasks = situation.job, situation.tasks
    health = OUTDATED if situation.stale else judge(job, tasks, NOW, orders=situation.orders)
    newest = task_of(job.runs[0], tasks) if job.runs else None
    return Case(job, health, NAMES, NOW, ZONE, newest)


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_a_situation_has_its_word_reason_sentence_and_key(situation: Situation) -> None:
    case = case_of(situation)
    assert (case.health.word, case.health.why) == (situation.word, situation.reason)
    assert situation.row in why(case)
    assert situation.sentence in explain(case)
    helps = [key for key, _ in remedies(case.job, case.health)]
    assert next(iter(helps), None) == situation.key
    hangs = case.health.why in (Why.TASK_TROUBLE, Why.SLOW, Why.LONGER_THAN_INTERVAL)
    assert ("job.cancel-task" in helps) is (hangs and case.job.transfer is not None and bool(case.job.runs))
    if situation.next is not None:
        assert next_words(case) == situation.next


@pytest.mark.parametrize("situation", SITUATIONS.values(), ids=SITUATIONS)
def test_words_are_one_line_and_a_remedy_is_a_key_that_exists(situation: Situation) -> None:
    case = case_of(situation)
    for words in (why(case), explain(case), headline(case), next_words(case)):
        assert words.strip() == words
        assert words.isprintable()
        assert "None" not in words
        assert "  " not in words
    assert {key for key, _ in remedies(case.job, case.health)} <= set(DEFAULT_KEYS)


def test_what_waits_says_until_when_and_with_which_key_it_ends() -> None:
    paused = SITUATIONS["a task paused by a manager"]
    ends = by_id(task(0, "ACTIVE", is_paused=True, deadline=wire(NOW + 2 * HOUR)))
    case = case_of(replace(paused, tasks=ends))
    assert why(case).endswith(", 3h old, gives up 16:32")
    assert "its task does not move; Globus gives up 16:32. Paused by" in explain(case)
    assert remedies(case.job, case.health)[1] == ("job.cancel-task", "cancels the task")
    flow = replace(case.job, kind=JobKind.FLOW, payload=None)
    assert [key for key, _ in remedies(flow, case.health)] == ["job.log"]
    retried = next(case for case in map(case_of, SITUATIONS.values()) if case.health.why is Why.RETRYING)
    assert explain(retried).endswith("since 14:30 and gives up 15:15 (half the interval, at most 45 minutes).")


def test_there_are_situations_for_every_reason() -> None:
    assert {situation.reason for situation in SITUATIONS.values()} == set(Why)
    assert {situation.word for situation in SITUATIONS.values()} == set(Word)
    assert len(SITUATIONS) >= 40


def test_the_banner_says_since_when_and_how_long() -> None:
    assert headline(case_of(SITUATIONS["consent withdrawn two nights ago"])) == (
        "PAUSED BY GLOBUS since Thu 19 Nov 02:00 (2d12h)"
    )
    assert headline(case_of(SITUATIONS["due an hour and a half ago"])) == "OVERDUE due Sat 21 Nov 13:00 (1h32m)"
    assert headline(case_of(SITUATIONS["all well"])) == "ok"
