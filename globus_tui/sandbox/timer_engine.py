"""What timers do by themselves: fire, skip, retry, stop, end, and vanish after deletion."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from globus_tui.sandbox.state import Document, Refusal, Sandbox, Timer, TimerRun
from globus_tui.sandbox.timer_consents import authorization_detail, held_chains
from globus_tui.sandbox.timer_schedule import exhausted, retry_pause, retry_window, tick_after
from globus_tui.sandbox.timer_starts import Look, is_transient, look, revive, start_run

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Token

DELETING = frozenset({"delete_in_progress", "delete_pending", "deleted"})
RESTING = DELETING | {"inactive", "ended"}
"""States in which nothing fires; every other word (`new`, `loaded`, `updated`, ...) counts as active."""
CLEAN_UP_AFTER = timedelta(seconds=30)
"""How long a deleted timer lingers; how long it does in the real service is not known."""
KEPT = timedelta(days=90)
"""Only the last 90 days of activity are kept (documented)."""
NEEDS_AUTHORIZATION = "globus_auth_requirements"


def is_active(timer: Timer) -> bool:
    """Whether its schedule is being followed."""
    return timer.status not in RESTING


def create(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    """Takes in a new timer. A start that has just passed is run at once, then the grid is kept."""
    sandbox.timers[timer.job_id] = timer
    timer.next_run = timer.start
    _set_alarm(sandbox, timer, now)


def install(sandbox: Sandbox, timer: Timer) -> None:
    """Takes in a timer that already has a history and books what it does next.

    A next run that lies in the past is caught up with at once, unless `plan["stalled"]` says that the service
    has forgotten it.
    """
    now = sandbox.clock.now()
    sandbox.timers[timer.job_id] = timer
    if timer.next_run is None and timer.status not in RESTING - {"inactive"}:
        timer.next_run = tick_after(timer, now)
    if timer.retrying_since is not None and timer.retry_at is None:
        timer.retry_at = now
    _set_alarm(sandbox, timer, now)


def advance(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    """Brings a timer up to date with its run's task. Cheap, and to be called before it is shown."""
    if timer.current is not None:
        _watch(sandbox, timer, timer.current, now)


def pause(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    """Stops the schedule. A run in progress goes on; a start that was being retried counts as missed."""
    timer.status, timer.inactive_reason = "inactive", {"cause": "user", "detail": None}
    _give_up_start(timer)
    _set_alarm(sandbox, timer, now)


def resume(sandbox: Sandbox, timer: Timer, now: datetime, credential: Token | None) -> None:
    """Follows the schedule again; runs once immediately when a run was missed meanwhile.

    Args:
        sandbox: the world.
        timer: the timer; an active one is left as it is, but takes the credential.
        now: the simulated moment.
        credential: the token whose session and consents replace the stored ones; None keeps those.
    """
    if credential is not None:
        timer.client_id, timer.session, timer.consents = credential.client_id, credential.session, None
    if is_active(timer) or timer.status != "inactive":
        return
    timer.status, timer.inactive_reason = "active", None
    timer.plan.pop("stalled", None)  # pausing and resuming is what wakes a timer that the service had lost
    if credential is not None and timer.current is not None:
        revive(sandbox, timer.current, now)
    advance(sandbox, timer, now)
    missed = timer.missed_while_inactive or (timer.next_run is not None and timer.next_run <= now)
    timer.missed_while_inactive = False
    if not is_active(timer):  # the run in progress still waits for its owner
        return
    over = exhausted(timer) or (timer.stop_at is not None and now > timer.stop_at)
    timer.next_run = now if missed and timer.current is None and not over else tick_after(timer, now)
    _end_when_done(timer)
    _set_alarm(sandbox, timer, now)


def remove(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    """Begins deletion: no run starts any more, and the clean-up takes it away later."""
    if timer.status not in DELETING:
        timer.status, timer.erase_at, timer.next_run = "delete_in_progress", now + CLEAN_UP_AFTER, None
        timer.retrying_since = timer.retry_at = None
    _set_alarm(sandbox, timer, now)


def _set_alarm(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    """Books the one next moment at which something happens to a timer; the bookings before it are void."""
    timer.alarm += 1
    due = [moment for moment in _next_events(sandbox, timer, now) if moment is not None]
    if not due:
        return
    sandbox.agenda.at(max(min(due), now), partial(_ring, sandbox, timer, timer.alarm))


def _ring(sandbox: Sandbox, timer: Timer, booked: int, moment: datetime) -> None:
    """No closure: a world can be pickled, and so copied."""
    if timer.alarm == booked and timer.job_id in sandbox.timers:
        _wake(sandbox, timer, moment)


def _next_events(sandbox: Sandbox, timer: Timer, now: datetime) -> list[datetime | None]:
    events = [timer.erase_at]
    if timer.current is not None:
        events.append(look(sandbox, timer, timer.current, now).ends_at)
    if is_active(timer) and not timer.plan.get("stalled"):
        events.append(timer.retry_at if timer.retrying_since else timer.next_run)
    return events


def _wake(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    if timer.erase_at is not None and timer.erase_at <= now:
        del sandbox.timers[timer.job_id]
        return
    advance(sandbox, timer, now)
    if is_active(timer) and not timer.plan.get("stalled"):
        if timer.retrying_since is not None:
            _attempt(sandbox, timer, now)
        elif timer.next_run is not None and timer.next_run <= now:
            _tick(sandbox, timer, now)
    _set_alarm(sandbox, timer, now)


def _tick(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    if timer.current is not None:
        timer.next_run = tick_after(timer, now)  # skipped: the run before it is still in progress
    else:
        _attempt(sandbox, timer, now)


def _attempt(sandbox: Sandbox, timer: Timer, now: datetime) -> None:
    since = timer.retrying_since or now
    try:
        run = start_run(sandbox, timer, now)
    except Refusal as refusal:
        _not_started(sandbox, timer, refusal, since, now)
        return
    timer.retrying_since = timer.retry_at = None
    timer.status, timer.current, timer.last_ran_at = "active", run, now
    timer.n_runs += 1
    _record(timer, run, now)
    timer.next_run = tick_after(timer, now)
    advance(sandbox, timer, now)


def _not_started(sandbox: Sandbox, timer: Timer, refusal: Refusal, since: datetime, now: datetime) -> None:
    detail = authorization_detail(refusal.body)
    last_try = since + retry_window(timer)
    if detail is not None:
        timer.consents = held_chains(sandbox, timer)  # later consents need a new credential (documented)
        _stop_for(timer, detail)
    elif is_transient(refusal) and now < last_try:
        timer.status, timer.retrying_since = "active", since
        timer.retry_at = min(now + retry_pause(timer), last_try)
    else:
        timer.retrying_since = timer.retry_at = None
        timer.n_errors += 1
        _record(timer, _failed_run(since, now, refusal.status, refusal.body), now)
        timer.last_ran_at = since
        timer.next_run = tick_after(timer, now)
        _end_when_done(timer)


def _failed_run(since: datetime, now: datetime, status: int, body: Document) -> TimerRun:
    return TimerRun(since, status, "FAILED", ended=now, last_check=now, errors=body)


def _stop_for(timer: Timer, detail: Document) -> None:
    """The authorization does not suffice: inactive until somebody resumes it, and that run is missed."""
    timer.status = "inactive"
    timer.inactive_reason = {"cause": NEEDS_AUTHORIZATION, "detail": detail}
    timer.retrying_since = timer.retry_at = None
    timer.missed_while_inactive = timer.current is None


def _give_up_start(timer: Timer) -> None:
    if timer.retrying_since is not None:
        timer.retrying_since = timer.retry_at = None
        timer.missed_while_inactive = True


def _record(timer: Timer, run: TimerRun, now: datetime) -> None:
    timer.results.insert(0, run)
    while timer.results[-1].ran_at < now - KEPT:
        timer.results.pop()


def _watch(sandbox: Sandbox, timer: Timer, run: TimerRun, now: datetime) -> None:
    seen = look(sandbox, timer, run, now)
    run.run_status, run.last_check, run.next_check = seen.status, now, seen.ends_at
    if seen.ended is not None:
        _finish(timer, run, seen, seen.ended)
    elif seen.detail is not None and is_active(timer):
        # A run that waits for its owner holds up its timer too: inferred, the reference says only that resume
        # resumes such a run as well.
        _stop_for(timer, seen.detail)


def _finish(timer: Timer, run: TimerRun, seen: Look, ended: datetime) -> None:
    run.ended, run.next_check = ended, None
    timer.current = None
    if timer.next_run is not None and timer.next_run < ended:
        timer.next_run = tick_after(timer, ended)  # those that passed meanwhile were skipped, not missed
    _end_when_done(timer)


def _end_when_done(timer: Timer) -> None:
    if is_active(timer) and timer.next_run is None and timer.current is None:
        timer.status = "ended"
