"""A plan, and what became of it, as lines for people; each with what its colour says too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from globus_tui.domain.auth.gare import Gare
from globus_tui.domain.making.draft_fields import Level
from globus_tui.domain.timer.hour_load import LIMIT_PER_HOUR, rate_number
from globus_tui.fleet.plan import Act, Item, Plan
from globus_tui.present.gare_words import allow_words
from globus_tui.present.review_facts import finding_line, schedule_echo
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from globus_tui.fleet.apply import Result


class Line(NamedTuple):
    """One line.

    Attributes:
        style: `add`, `change`, `remove`, `bad`, `warn`, `dim`, or empty.
    """

    text: str
    style: str = ""


_SIGNS = {
    Act.CREATE: ("+", "add"),
    Act.REPLACE: ("~", "change"),
    Act.RENAME: ("~", "change"),
    Act.PAUSE: ("~", "change"),
    Act.RESUME: ("~", "change"),
    Act.DELETE: ("-", "remove"),
}
_STYLES = {Level.STOP: "bad", Level.WARN: "warn"}


def plan_lines(plan: Plan, *, everything: bool = False) -> Iterator[Line]:
    """The whole plan.

    Args:
        everything: with the timers that are as they should be.
    """
    for item in plan.items:
        if everything or item.acts or item.drift or item.findings or item.wanted is None:
            yield from item_lines(item, plan)
    for finding in plan.findings:
        yield Line(finding_line(finding), _STYLES.get(finding.level, "dim"))
    if missing := tuple(sorted({scope for item in plan.items for scope in item.consents})):
        yield Line(f"{counted(len(missing), 'consent')} missing, for which apply asks:", "warn")
        for words in allow_words(Gare("ConsentRequired", missing), plan.names.names_by_id):
            yield Line(f"    {words}", "warn")
    before, after = plan.rate
    if plan.to_do and before != after:
        limit = rate_number(LIMIT_PER_HOUR)
        words = f"Runs an hour of all your timers: {rate_number(before)} now, {rate_number(after)} afterwards"
        yield Line(f"{words} (limit: {limit}).", "dim")
    yield Line(sum_words(plan), "bad" if plan.stopped else "")


def item_lines(item: Item, plan: Plan) -> Iterator[Line]:
    """One timer: what is done to it, because of what."""
    sign, style = _SIGNS[item.acts[0]] if item.acts else ("!", "bad") if item.stopped else ("=", "dim")
    words = do_words(item)
    where = f" ({item.job.job_id})" if item.job is not None else ""
    yield Line(f"{sign} {words}  {item.name}{where}", style)
    if item.wanted is not None and Act.CREATE in item.acts and item.wanted.entry.kind != "C":
        yield Line(f"      {schedule_echo(item.wanted.draft, plan.now, item.wanted.zone)}", "dim")
        yield from (Line(f"      {words}", "dim") for words in item.wanted.notices)
    for change in item.drift:
        changed = change.after if not change.field else f"{change.field}: {change.before} -> {change.after}"
        yield Line(f"    ! drifted: {changed}", "warn")
    for change in item.changes:
        yield Line(f"    because {change.field} changed", "dim")
        yield Line(f"      - {change.before}", "remove")
        yield Line(f"      + {change.after}", "add")
    if item.starts is not False and item.acts:
        yield Line(f"    one run {'may start' if item.starts is None else 'starts'} at once", "warn")
    for words in item.notes:
        yield Line(f"    {words}", "dim")
    for finding in item.findings:
        if finding.level >= Level.WARN:
            yield Line(f"    {finding_line(finding)}", _STYLES[finding.level])


def sum_words(plan: Plan) -> str:
    counts = {act: sum(act in item.acts for item in plan.items) for act in Act}
    parts = [f"{count} to {act.value}" for act, count in counts.items() if count]
    idle = [item for item in plan.items if not item.acts and not item.stopped]
    same = sum(item.wanted is not None and item.job is not None for item in idle)
    gone = sum(item.wanted is None for item in idle)
    over = len(idle) - same - gone
    more = f", {over} not made" if over else ""
    more += f", {gone} in no file any more" if gone else ""
    changes = f"Plan: {', '.join(parts)}; {same} unchanged" if parts else f"No changes: {same} as the files say"
    words = f"{changes}{more}."
    bad = sum(item.stopped for item in plan.items)
    if plan.stopped:
        words += f" It cannot be applied: {counted(bad, 'timer')} cannot be so." if bad else " It cannot be applied."
    return words


def drift_words(plan: Plan) -> str:
    """One line for a mail or a log."""
    differing = plan.differing
    known = sum(item.job is not None and item.wanted is not None for item in plan.items)
    if not differing:
        waiting = sum(Act.CREATE in item.acts for item in plan.items)
        more = f" {counted(waiting, 'timer')} of the files not made yet: globus-tui plan." if waiting else ""
        return f"No drift: {counted(known, 'timer')} as the files say.{more}"
    named = [f"{item.name} ({differs_words(item)})" for item in differing[:5]]
    rest = f", and {len(differing) - 5} more" if len(differing) > 5 else ""
    return f"{len(differing)} of {len(plan.items)} timers differ from the files: {', '.join(named)}{rest}"


def differs_words(item: Item) -> str:
    """What differs of one timer, in a few words."""
    if item.drift:
        return ", ".join(
            change.after if not change.field else f"{change.field} {change.before} -> {change.after}"
            for change in item.drift
        )
    return ", ".join(change.field for change in item.changes) or ", ".join(act.value for act in item.acts)


def do_words(item: Item) -> str:
    if item.acts:
        return " and ".join(act.value for act in item.acts)
    return "cannot be" if item.stopped else "not made" if item.job is None else "unchanged"


def why_words(item: Item) -> str:
    """Why, on one line: what forbids it, else what differs, else what the checks found worst."""
    worst = max(item.findings, key=lambda finding: finding.level, default=None)
    if worst is None or (worst.level < Level.STOP and (item.drift or item.changes)):
        drift = "drifted: " if item.drift else ""
        return drift + (differs_words(item) if item.drift or item.changes else "; ".join(item.notes))
    return finding_line(worst) if worst.level >= Level.WARN else "; ".join(item.notes)


def result_words(result: Result) -> str:
    where = f" ({result.job_id})" if result.job_id else ""
    acts = " and ".join(act.value for act in result.item.acts)
    return f"{'done' if result.done else 'FAILED'}  {acts} {result.item.name}{where}: {result.words}"
