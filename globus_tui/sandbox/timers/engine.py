"""What timers do by themselves: when they are due, fire, skip, retry, watch their runs, stop, end, and vanish; and what
a timer's stored credential lacks, with the documents in which the service says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from globus_tui.sandbox.auth.scopes import ACTION_PROVIDER_SCOPE
from globus_tui.sandbox.flows import runs
from globus_tui.sandbox.state import TIMER_SCOPE, TRANSFER_ALL, Document, Refusal, Sandbox, Timer, TimerRun, Token
from globus_tui.sandbox.transfer.engine import begin, submit

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGE = "Missing required data_access consent"


def chains_of(sandbox: Sandbox, identity_id: str, client_id: str) -> frozenset[str]:
    """All consents that a person gave to a client, as `root>child>leaf` chains of scope names."""
    consents = {
        consent.consent_id: consent
        for consent in sandbox.consents
        if consent.client_id == client_id and sandbox.owns(consent.identity_id, identity_id)
    }
    return frozenset(
        ">".join(consents[step].scope for step in consent.path)
        for consent in consents.values()
        if all(step in consents for step in consent.path)
    )


def held_chains(sandbox: Sandbox, timer: Timer) -> frozenset[str]:
    """What the timer's credential may do: frozen with the credential, or else what its owner consents to now."""
    if timer.consents is not None:
        return timer.consents
    return chains_of(sandbox, timer.owner, timer.client_id)


def check_consents(sandbox: Sandbox, timer: Timer) -> None:
    """Checked when a run starts, never at creation (documented).

    Raises:
        Refusal: 403 with an authorization requirement, in the shape that `quirks["gare"]` names.
    """
    held = held_chains(sandbox, timer)
    if timer.timer_type == "flow":
        scope = flow_scope(str(timer.flow_id))
        if f"{TIMER_SCOPE}>{scope}" not in held:
            needed = f"{TIMER_SCOPE}[{scope}]"
            raise Refusal(403, _canonical("Missing required flow consent", [needed]))
        return
    missing = [scope for scope in _data_access_needed(sandbox, timer) if not _allows(held, scope)]
    if missing:
        raise Refusal(403, consent_document(str(timer.quirks.get("gare", "timer")), missing))


def consent_document(shape: str, leaves: list[str]) -> Document:
    """The requirement for data_access scopes in one of the shapes seen in public sources.

    Which of them the real service emits today is not known.

    Args:
        shape: `timer` (rooted at the timer scope, as today's requests are), `ap` (at the Transfer action
            provider, SDK fixture), `timer_ap` (timer > action provider, CLI fixture), `flat` (scopes at the
            top level, old Transfer), `single` (one `required_scope`, old action providers).
    """
    inner = f"{TRANSFER_ALL}[{' '.join('*' + leaf for leaf in leaves)}]"
    through_provider = f"{ACTION_PROVIDER_SCOPE}[{inner}]"
    shapes = {"ap": through_provider, "timer_ap": f"{TIMER_SCOPE}[{through_provider}]", "single": through_provider}
    scope = shapes.get(shape, f"{TIMER_SCOPE}[{inner}]")
    if shape == "flat":
        return {"code": "ConsentRequired", "message": MESSAGE, "required_scopes": [scope]}
    if shape == "single":
        return {"code": "ConsentRequired", "description": MESSAGE, "required_scope": scope}
    return _canonical(MESSAGE, [scope])


def authorization_detail(body: Document) -> Document | None:
    """The authorization requirement in an error body, at its root or under `error`; None when there is none."""
    for place in (body, body["error"]) if isinstance(body.get("error"), dict) else (body,):
        if isinstance(place.get("authorization_parameters"), dict):
            code = str(place.get("code") or "")
            if not code or code.startswith("ExternalError"):  # a login that the storage refused: 502 of Transfer
                code = "AuthorizationParameters"
            return {"code": code, "authorization_parameters": place["authorization_parameters"]}
        if place.get("code") == "ConsentRequired" and ("required_scopes" in place or "required_scope" in place):
            return place
    return None


def flow_scope(flow_id: str) -> str:
    return f"https://auth.globus.org/scopes/{flow_id}/flow_{flow_id.replace('-', '_')}_user"


def _canonical(message: str, scopes: list[str]) -> Document:
    parameters = {"session_message": message, "required_scopes": scopes}
    return {"code": "ConsentRequired", "authorization_parameters": parameters}


def _data_access_needed(sandbox: Sandbox, timer: Timer) -> list[str]:
    ends = dict.fromkeys((timer.body.get("source_endpoint"), timer.body.get("destination_endpoint")))
    collections = (sandbox.collections.get(str(end)) for end in ends)
    return [
        f"https://auth.globus.org/scopes/{collection.collection_id}/data_access"
        for collection in collections
        if collection is not None and collection.needs_data_access
    ]


def _allows(held: frozenset[str], leaf: str) -> bool:
    # Timers made before the end of 2024 hold their consents through the Transfer action provider.
    return (
        f"{TIMER_SCOPE}>{TRANSFER_ALL}>{leaf}" in held
        or f"{TIMER_SCOPE}>{ACTION_PROVIDER_SCOPE}>{TRANSFER_ALL}>{leaf}" in held
    )


RETRY_CAP = timedelta(minutes=45)
"""A start that fails for a moment is retried no longer than this (documented)."""
RETRY_PAUSE_CAP = timedelta(minutes=5)
"""How often the real service tries within the window is not known; ten times, at most 5 minutes apart, here."""


def exhausted(timer: Timer) -> bool:
    """Whether it has run as often as it may. Skipped ticks and failed starts do not count as runs.

    That failed starts do not count is a choice: the documentation does not say.
    """
    return timer.stop_after_n is not None and timer.n_runs >= timer.stop_after_n


def tick_after(timer: Timer, moment: datetime) -> datetime | None:
    """The first tick strictly after `moment`; None when nothing more will come.

    Tick n+1 is start + n × interval (documented). A tick at exactly the end time still runs.
    """
    if exhausted(timer):
        return None
    if moment < timer.start:
        tick = timer.start
    elif timer.interval is None:
        return None
    else:
        step = timedelta(seconds=timer.interval)
        tick = timer.start + ((moment - timer.start) // step + 1) * step
    return None if timer.stop_at is not None and tick > timer.stop_at else tick


def retry_window(timer: Timer) -> timedelta:
    """For how long a failing start is repeated: half the interval, at most 45 minutes.

    Below an interval of two minutes the documentation is silent; half the interval is kept there too.
    """
    if timer.interval is None:
        return RETRY_CAP
    return min(RETRY_CAP, timedelta(seconds=timer.interval) / 2)


def runs_a_minute(interval: int | None) -> float:
    """How much of a user's budget (one run a minute) a timer with this interval in seconds takes."""
    return 0.0 if interval is None else 60.0 / interval


TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})
"""Which refusals of a start are worth another attempt; the documentation says "network, timeout" only."""
OWN_PLAN_KEYS = frozenset({"each", "start_error", "refusal", "stalled", "http_status"})


@dataclass(frozen=True)
class Look:
    """What a look at a run's task found: its state and, once over, when it ended."""

    status: str
    ended: datetime | None = None
    ends_at: datetime | None = None
    detail: Document | None = None
    """An authorization requirement that holds the run up."""


def plan_of(timer: Timer) -> Document:
    """How its next run turns out: `plan`, with `plan["each"]` (a list, taken in turn by run) laid over it."""
    plan = dict(timer.plan)
    each = plan.get("each")
    if each:
        plan |= each[(timer.n_runs + timer.n_errors) % len(each)]
    return plan


def start_run(sandbox: Sandbox, timer: Timer, now: datetime) -> TimerRun:
    """Starts one run of a timer. Raises Refusal: it could not be started; `is_transient` says whether to try again."""
    plan = plan_of(timer)
    _planned_refusal(timer, plan)
    if timer.timer_type == "generic":
        return _call_back(plan, now)
    check_consents(sandbox, timer)
    outcome = {key: value for key, value in plan.items() if key not in OWN_PLAN_KEYS}
    if timer.timer_type == "flow":
        return _start_flow(sandbox, timer, outcome, now)
    label = f"{timer.body.get('label') or timer.name or 'timer'}, run {timer.n_runs + 1}"
    task = submit(
        sandbox, timer.owner, timer.client_id, timer.session, timer.body, plan=outcome, label=label[:128], now=now
    )
    return TimerRun(now, 202, "ACTIVE", task.task_id, last_check=now, next_check=task.ends_at)


def is_transient(refusal: Refusal) -> bool:
    return refusal.status in TRANSIENT and authorization_detail(refusal.body) is None


def look(sandbox: Sandbox, timer: Timer, run: TimerRun, now: datetime) -> Look:
    if timer.timer_type == "generic" or run.resource_id is None:
        over = run.ends_at is None or run.ends_at <= now
        return Look("SUCCEEDED", run.ends_at or run.ran_at) if over else Look("ACTIVE", None, run.ends_at)
    if timer.timer_type == "flow":
        return _look_at_flow(sandbox, run.resource_id, now)
    return _look_at_task(sandbox, run.resource_id, now)


def revive(sandbox: Sandbox, run: TimerRun, now: datetime) -> None:
    """Lets a run go on that waited for its owner (documented: resuming a timer resumes such a run too)."""
    flow_run = sandbox.flow_runs.get(str(run.resource_id))
    if flow_run is not None:
        runs.resume(flow_run, now)
    task = sandbox.tasks.get(str(run.resource_id))
    if task is not None and task.document["status"] == "INACTIVE":
        task.planned.pop("hold", None)
        task.document.update(status="ACTIVE", is_ok=True)
        begin(sandbox, task, now)


def _planned_refusal(timer: Timer, plan: Mapping[str, object]) -> None:
    failures_left = plan.get("start_error")
    if isinstance(failures_left, int) and failures_left > 0:
        if "start_error" in timer.plan:
            timer.plan["start_error"] = failures_left - 1
        raise Refusal(503, _error("ServiceUnavailable", "The service could not be reached", 503))
    refusal = plan.get("refusal")
    if isinstance(refusal, dict):
        raise Refusal(int(refusal["status"]), refusal["body"])


def _call_back(plan: Document, now: datetime) -> TimerRun:
    status = int(plan.get("http_status", 202))
    if status >= 400:
        raise Refusal(status, _error("ERROR", f"The callback answered {status}", status))
    ends_at = now + timedelta(seconds=float(plan.get("seconds", 0)))
    return TimerRun(now, status, "ACTIVE", ends_at=ends_at, last_check=now, next_check=ends_at)


def _start_flow(sandbox: Sandbox, timer: Timer, plan: Document, now: datetime) -> TimerRun:
    flow = sandbox.flows.get(str(timer.flow_id))
    if flow is None:
        raise Refusal(404, _error("NOT_FOUND", f"No flow with id {timer.flow_id}", 404))
    if wrong := runs.wrong(timer.body.get("body"), flow.get("input_schema"), "body"):
        raise Refusal(422, {"error": {"code": "UNPROCESSABLE_ENTITY", "detail": wrong, "status": 422}})
    label = f"{timer.name or flow['title']}, run {timer.n_runs + 1}"
    document = {"label": label[:64], **timer.body}
    run = runs.start(sandbox, flow, timer.owner, document, now=now, plan=plan)
    return TimerRun(now, 201, "ACTIVE", run["run_id"], last_check=now, next_check=runs.ends_at(run))


def _look_at_flow(sandbox: Sandbox, run_id: str, now: datetime) -> Look:
    run = sandbox.flow_runs.get(run_id)
    if run is None:
        return Look("ENDED", now)
    runs.catch_up(run, now)
    status = str(run["status"])
    if status in {"ACTIVE", "INACTIVE"}:
        detail = authorization_detail(run.get("details") or {}) if status == "INACTIVE" else None
        return Look(status, None, runs.ends_at(run), detail)
    return Look(status, _moment(run.get("completion_time")) or now)


def _look_at_task(sandbox: Sandbox, task_id: str, now: datetime) -> Look:
    task = sandbox.tasks.get(task_id)
    if task is None:
        return Look("FAILED", now)
    status = str(task.document["status"])
    if status in {"SUCCEEDED", "FAILED"}:
        return Look(status, _moment(task.document.get("completion_time")) or now)
    if task.ends_at is not None and task.ends_at <= now:
        return Look(task.outcome, task.ends_at)
    return Look(status, None, task.ends_at)


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _error(code: str, detail: str, status: int) -> Document:
    return {"error": {"code": code, "detail": detail, "status": status}}


DELETING = frozenset({"delete_in_progress", "delete_pending", "deleted"})
RESTING = DELETING | {"inactive", "ended"}
"""States in which nothing fires; every other word (`new`, `loaded`, `updated`, ...) counts as active."""
CLEAN_UP_AFTER = timedelta(seconds=30)
"""How long a deleted timer lingers; how long it does in the real service is not known."""
KEPT = timedelta(days=90)
"""Only the last 90 days of activity are kept (documented)."""
MOST_KEPT = 60
"""Runs kept of one timer, as many as a world begins with: one that goes on for weeks, or fast, does not grow."""
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
    if timer.retrying_since is not None:
        timer.retrying_since = timer.retry_at = None
        timer.missed_while_inactive = True
    _set_alarm(sandbox, timer, now)


def resume(sandbox: Sandbox, timer: Timer, now: datetime, credential: Token | None) -> None:
    """Follows the schedule again; runs once immediately when a run was missed meanwhile.

    Args:
        timer: the timer; an active one is left as it is, but takes the credential.
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
    """A method, not a closure, so that a world can be pickled, and so copied."""
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
            if timer.current is not None:
                timer.next_run = tick_after(timer, now)  # skipped: the run before it is still in progress
            else:
                _attempt(sandbox, timer, now)
    _set_alarm(sandbox, timer, now)


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
    _record(sandbox, timer, run, now)
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
        timer.retry_at = min(now + min(RETRY_PAUSE_CAP, retry_window(timer) / 10), last_try)
    else:
        timer.retrying_since = timer.retry_at = None
        timer.n_errors += 1
        run = TimerRun(since, refusal.status, "FAILED", ended=now, last_check=now, errors=refusal.body)
        _record(sandbox, timer, run, now)
        timer.last_ran_at = since
        timer.next_run = tick_after(timer, now)
        _end_when_done(timer)


def _stop_for(timer: Timer, detail: Document) -> None:
    """The authorization does not suffice: inactive until somebody resumes it, and that run is missed."""
    timer.status = "inactive"
    timer.inactive_reason = {"cause": NEEDS_AUTHORIZATION, "detail": detail}
    timer.retrying_since = timer.retry_at = None
    timer.missed_while_inactive = timer.current is None


def _record(sandbox: Sandbox, timer: Timer, run: TimerRun, now: datetime) -> None:
    timer.results.insert(0, run)
    while timer.results[-1].ran_at < now - KEPT or len(timer.results) > MOST_KEPT:
        _forget(sandbox, timer.results.pop())


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


def _forget(sandbox: Sandbox, run: TimerRun) -> None:
    """What a run that is not listed any more had started, as far as that is over."""
    if run.resource_id is not None and run.resource_id not in sandbox.unfinished:
        sandbox.tasks.pop(run.resource_id, None)
        sandbox.flow_runs.pop(run.resource_id, None)
