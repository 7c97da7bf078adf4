"""What is about to be created, in words, for one page."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from globus_tui.domain.draft import What
from globus_tui.domain.findings import Finding, Level
from globus_tui.domain.intents import intent_of
from globus_tui.domain.scope import collection_of
from globus_tui.present import transfer_words
from globus_tui.present.gare_words import scope_words
from globus_tui.present.schedule_facts import Fact
from globus_tui.present.sizes import counted
from globus_tui.present.when_words import schedule_echo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from globus_tui.domain.check_lookups import Lookups
    from globus_tui.domain.draft import Draft
    from globus_tui.domain.scope import Scope

_LEVELS = {Level.OK: "ok", Level.NOTE: "note", Level.WARN: "WARN", Level.STOP: "STOP"}
_MOST_ITEMS = 3


def review_facts(draft: Draft, names: Mapping[str, str], now: datetime, zone: tzinfo, who: str) -> tuple[Fact, ...]:
    """From, to, how, when, as whom: a row each. Names that the draft knows win over those of the list."""
    rows = _flow_rows(draft) if draft.what is What.FLOW_TIMER else _transfer_rows(draft, names)
    if draft.what is not What.TRANSFER_NOW:
        when = schedule_echo(draft, now, zone).removeprefix("= ")
        rows.append(Fact("when", when or "not said yet", "" if when else "warning"))
    rows.append(Fact("as", who))
    return tuple(rows)


def _flow_rows(draft: Draft) -> list[Fact]:
    flow = draft.flow
    rows = [Fact("flow", flow.title or flow.flow_id or "not chosen yet", "" if flow.flow_id else "warning")]
    words = ", ".join(f"{key}={_short(value)}" for key, value in flow.inputs.items())
    rows.append(Fact("input", words or "empty"))
    for label, people in (("managers", flow.run_managers), ("monitors", flow.run_monitors), ("tags", flow.tags)):
        if people:
            rows.append(Fact(label, ", ".join(people)))
    return rows


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:38]}..."


def _transfer_rows(draft: Draft, names: Mapping[str, str]) -> list[Fact]:
    data = draft.transfer
    source = draft.source_name or transfer_words.collection_name(data.source_endpoint, names)
    destination = draft.destination_name or transfer_words.collection_name(data.destination_endpoint, names)
    first = data.items[0] if data.items else None
    rows = [Fact("from", f"{source}:{first.source_path if first else ''}")]
    rows.append(Fact("to", f"{destination}:{first.destination_path if first else ''}"))
    rows += [Fact("also", transfer_words.item_words(one)) for one in data.items[1:_MOST_ITEMS]]
    if len(data.items) > _MOST_ITEMS:
        rows.append(Fact("", f"and {counted(len(data.items) - _MOST_ITEMS, 'more item', 'more items')}"))
    intent = intent_of(draft)
    rows.append(Fact("how", f"{intent.value}: {how_words(draft)}" if intent else how_words(draft)))
    rows += [Fact("!", words, "warning") for words in transfer_words.warnings(data)]
    if data.filter_rules:
        rows.append(Fact("filter", ", then ".join(map(transfer_words.filter_words, data.filter_rules))))
    rows.append(Fact("mail", transfer_words.notify_words(data)))
    extra = [f"label {data.label}" if data.label else "", f"deadline {data.deadline}" if data.deadline else ""]
    if any(extra):
        rows.append(Fact("also", ", ".join(filter(None, extra))))
    return rows


def how_words(draft: Draft) -> str:
    """The options on one line."""
    data = draft.transfer
    parts = [transfer_words.sync_words(data.sync_level)]
    parts += ["verify checksums"] if data.verify_checksum else []
    parts += ["keep timestamps"] if data.preserve_timestamp else []
    parts += ["encrypt"] if data.encrypt_data else []
    parts += ["fail when the quota is full"] if data.fail_on_quota_errors else []
    return ", ".join(parts)


def consent_lines(needed: Sequence[Scope], lookups: Lookups, names: Mapping[str, str]) -> tuple[str, ...]:
    """Which consents exist and which will be asked for when it is created, one sentence each."""
    if not lookups.consents_checked:
        return ("?    which consents there are is being looked up",)
    said = []
    for scope in needed:
        words = _innermost(scope, names)
        if scope in lookups.missing_consents:
            said.append(f"ask  will be asked for when you create: {words}")
        elif scope in lookups.unknown_consents:
            said.append(f"?    nobody can tell whether it is there: {words}")
        else:
            said.append(f"ok   is there: {words}")
    return tuple(said) or ("ok   no consent beyond the sign-in is needed",)


def _innermost(scope: Scope, names: Mapping[str, str]) -> str:
    inner = [one for one in scope.walk() if collection_of(one) is not None or not one.dependencies]
    return ", ".join(scope_words(one, names) for one in inner)


def broken(line: str, room: int) -> list[str]:
    """A line with a word of five cells before it, broken into as many as it takes; whole where there is no room."""
    if room < 30:
        return [line]
    return textwrap.wrap(line, room, subsequent_indent="     ") or [""]


def finding_line(finding: Finding) -> str:
    """`WARN 37 of 42 entries …`."""
    where = f" (item {finding.item + 1})" if finding.item is not None else ""
    return f"{_LEVELS[finding.level]:4} {finding.words}{where}"
