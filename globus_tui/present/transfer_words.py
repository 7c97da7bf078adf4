"""Collections, and what is moved from one to another, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.domain.timer.job import FlowStart
from globus_tui.domain.transfer.collection import CollectionKind
from globus_tui.domain.transfer.transfer import SyncLevel, TransferData
from globus_tui.present.sizes import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.domain.timer.job import Job
    from globus_tui.domain.transfer.collection import Collection
    from globus_tui.domain.transfer.transfer import FilterRule, TransferItem
    from globus_tui.domain.transfer.typed_filters import Verdict
    from globus_tui.present.marks import StyleName

_NAMED = 6


def preview_words(path: str, verdicts: Sequence[Verdict]) -> str:
    """`of 42 names in /proj/: 3 left out: scratch_tmp/, a.tmp, b.tmp`."""
    entries = (verdict.entry for verdict in verdicts if not verdict.is_included)
    left_out = [f"{entry.name}{'/' if entry.is_folder else ''}" for entry in entries]
    head = f"of {counted(len(verdicts), 'name')} in {path}"
    if not left_out:
        return f"{head}: all are taken"
    rest = f" and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
    return f"{head} {len(left_out)} left out: {', '.join(left_out[:_NAMED])}{rest}"


def rule_counts(verdicts: Sequence[Verdict], rules: int) -> tuple[str, ...]:
    """What each rule decides, in the order of the rules: `decides 3`; `decides none here`."""
    counts = [sum(1 for verdict in verdicts if verdict.rule == place) for place in range(rules)]
    return tuple(f"decides {counted(count, 'name')}" if count else "decides none here" for count in counts)


ARROW, ASCII_ARROW = "→", "->"

_SYNC = {
    SyncLevel.EXISTS: ("missing", "copy only files missing at the destination"),
    SyncLevel.SIZE: ("size", "copy files that are missing or differ in size"),
    SyncLevel.MTIME: ("mtime", "copy files that are missing, differ in size or are newer at the source"),
    SyncLevel.CHECKSUM: ("checksum", "copy files that are missing or differ in content"),
}
DELETES_EXTRA = "DELETES files at the destination that are not in the source (mirror)"


def one_line(text: str) -> str:
    """The text with line breaks and runs of blanks made single blanks."""
    return " ".join(text.split())


def collection_name(collection_id: str | None, names: Mapping[str, str]) -> str:
    """What to call a collection: its name, else the start of its id, else `?`."""
    if not collection_id:
        return "?"
    return one_line(names.get(collection_id) or "") or f"({collection_id[:8]})"


def route(job: Job, names: Mapping[str, str], *, ascii_only: bool = False) -> str:
    """From where to where, collections only, for a row: `Rubin DTN → Campus Scratch`; what a flow timer starts."""
    source, destination = job.sides  # a tenth of the work of making the payload, which lists have thousands of
    if isinstance(source, str) and isinstance(destination, str):
        return join_route(collection_name(source, names), collection_name(destination, names), ascii_only=ascii_only)
    payload = job.payload
    if isinstance(payload, TransferData):
        return join_route(
            collection_name(payload.source_endpoint, names),
            collection_name(payload.destination_endpoint, names),
            ascii_only=ascii_only,
        )
    if isinstance(payload, FlowStart):
        return f"flow {collection_name(payload.flow_id, names)}"
    return f"calls {one_line(job.callback_url)}" if job.callback_url else "what it starts is not known"


def address_warning(job: Job) -> str | None:
    """What to know of a timer that calls an address that is none of the known ones; None for all others."""
    if not job.calls_elsewhere:
        return None
    return f"calls {one_line(job.callback_url or '')}, which is neither Transfer nor a flow: what it sends goes there"


def route_with_paths(job: Job, names: Mapping[str, str], *, ascii_only: bool = False) -> str:
    """From where to where with the first item's paths: `NERSC DTN:/proj/ → Campus Archive:/climate/ (+3 more)`."""
    payload = job.payload
    if not isinstance(payload, TransferData) or not payload.items:
        return route(job, names, ascii_only=ascii_only)
    first = payload.items[0]
    rest = f" (+{len(payload.items) - 1} more)" if len(payload.items) > 1 else ""
    source = f"{collection_name(payload.source_endpoint, names)}:{one_line(first.source_path)}"
    destination = f"{collection_name(payload.destination_endpoint, names)}:{one_line(first.destination_path)}"
    return join_route(source, destination, ascii_only=ascii_only) + rest


def join_route(source: str, destination: str, *, ascii_only: bool = False) -> str:
    """Two places with an arrow between them."""
    return f"{source} {ASCII_ARROW if ascii_only else ARROW} {destination}"


def item_words(item: TransferItem, *, ascii_only: bool = False) -> str:
    """One item: paths, and whether the folder below is meant."""
    kind = {True: "recursive", False: "one file", None: "file or folder, found out when it runs"}[item.recursive]
    return f"{join_route(one_line(item.source_path), one_line(item.destination_path), ascii_only=ascii_only)}  ({kind})"


def sync_short(level: SyncLevel | None) -> str:
    """The sync level as one word: `mtime`, or `always`."""
    return "always" if level is None else _SYNC[level][0]


def sync_words(level: SyncLevel | None) -> str:
    """The sync level as a phrase."""
    return "copy all files every time" if level is None else _SYNC[level][1]


def warnings(data: TransferData) -> tuple[str, ...]:
    """What may lose or hide data: to be shown in a warning style."""
    lines = []
    if data.delete_destination_extra:
        lines.append(DELETES_EXTRA)
    if data.skip_source_errors:
        lines.append("skips source files that cannot be read and still counts as a success")
    return tuple(lines)


def options(data: TransferData) -> tuple[tuple[str, str], ...]:
    """Every option with its value in words, defaults included: nothing is left to be guessed.

    Where the document does not state an option, the service's default is said and marked so.
    """
    rows: list[tuple[str, str]] = [("sync", sync_words(data.sync_level))]
    rows += [(label, _flag_words(getattr(data, key), yes, no)) for key, label, yes, no in _FLAGS]
    rows.append(("notify", notify_words(data)))
    if data.recursive_symlinks:
        rows.append(("symbolic links", one_line(data.recursive_symlinks)))
    if data.store_base_path_info:
        rows.append(("base paths", "kept with the task"))
    rows += [("filter", filter_words(rule)) for rule in data.filter_rules]
    texts = {"label": data.label, "deadline": data.deadline, "source user": data.source_local_user}
    texts["destination user"] = data.destination_local_user
    rows += [(label, one_line(value)) for label, value in texts.items() if value]
    rows += [(one_line(str(key)), one_line(str(value))) for key, value in data.extra.items()]
    return tuple(rows)


_FLAGS = (
    ("delete_destination_extra", "mirror", DELETES_EXTRA, "keeps extra files at the destination"),
    ("verify_checksum", "verify", "checksums after the copy", "no checksums"),
    ("preserve_timestamp", "timestamps", "kept", "not kept"),
    ("encrypt_data", "encryption", "asked for", "not asked for"),
    ("skip_source_errors", "source errors", "skipped, the task goes on", "retried until the deadline"),
    ("fail_on_quota_errors", "quota errors", "fail the task", "retried until the deadline"),
)


def _flag_words(value: bool | None, yes: str, no: str) -> str:
    return f"{no} (service default)" if value is None else yes if value else no


def notify_words(data: TransferData) -> str:
    """On which ends of a task Globus sends an e-mail; not stated means yes (documented)."""
    cases = {"succeeded": data.notify_on_succeeded, "failed": data.notify_on_failed, "paused": data.notify_on_inactive}
    words = [word for word, value in cases.items() if value is not False]
    return f"e-mail when {', '.join(words)}" if words else "no e-mail"


def filter_words(rule: FilterRule) -> str:
    """One filter rule: `exclude files named *.tmp`."""
    kind = {"file": "files", "dir": "folders", None: "files and folders"}.get(rule.type, one_line(rule.type or ""))
    return f"{one_line(rule.method)} {kind} named {one_line(rule.name)}"


def summary(data: TransferData) -> str:
    """How it copies, on one line: `sync mtime, verify checksum, keep timestamps`."""
    parts = [f"sync {sync_short(data.sync_level)}"]
    parts += ["verify checksum"] if data.verify_checksum else []
    parts += ["keep timestamps"] if data.preserve_timestamp else []
    parts += ["encrypt"] if data.encrypt_data else []
    parts += [counted(len(data.filter_rules), "filter")] if data.filter_rules else []
    return ", ".join(parts)


_KINDS = {
    CollectionKind.MAPPED: "mapped", CollectionKind.GUEST: "guest", CollectionKind.GCP_MAPPED: "personal",
    CollectionKind.GCP_GUEST: "pers. guest", CollectionKind.ENDPOINT: "endpoint", CollectionKind.OTHER: "other",
}  # fmt: skip


def kind_words(collection: Collection) -> str:
    """What it is: mapped, guest, personal (Globus Connect Personal), endpoint (holds no data)."""
    return _KINDS[collection.kind]


def state_words(collection: Collection) -> tuple[str, StyleName]:
    """The collection's state and a style; empty when nothing is unusual."""
    if collection.deleted:
        return "deleted", "error"
    if collection.non_functional or collection.kind is CollectionKind.ENDPOINT:
        return "holds no data", "error"
    if collection.connected is False:
        return "disconnected", "warning"
    if collection.paused:
        return "paused", "warning"
    return "", "muted"


def access_words(collection: Collection) -> str:
    """What it asks of who wants to read it: `HA` for high assurance, `MFA`, `consent` for data_access."""
    parts = ["HA"] if collection.high_assurance else []
    parts += ["MFA"] if collection.mfa_required else []
    parts += ["consent"] if collection.needs_data_access_consent else []
    return " ".join(parts)


def owner_words(collection: Collection) -> str:
    """Whose it is: a person, else the organization, as an application's id says nothing to anybody."""
    owner = collection.owner or ""
    if owner.endswith("@clients.auth.globus.org"):
        owner = collection.organization or ""
    return one_line(owner or collection.organization or "")


def suggestion_words(collection: Collection) -> str:
    """A line about a collection that may be chosen, with whose it is and its id: names are alike."""
    state, _ = state_words(collection)
    parts = [kind_words(collection), state]
    parts += ["high assurance"] if collection.high_assurance else []
    parts += ["wants a second factor"] if collection.mfa_required else []
    parts += ["needs a consent"] if collection.needs_data_access_consent else []
    owner = owner_words(collection)
    parts += [collection.collection_id, f"owner {owner}" if owner else ""]
    return ", ".join(filter(None, parts))


def chosen_words(collection: Collection, *, consent: bool | None) -> str:
    """A line about a collection that was chosen; `consent`: it is there, it is missing, or None: not known yet."""
    state, _ = state_words(collection)
    parts = [kind_words(collection), state or "can be used"]
    if collection.high_assurance:
        parts.append("high assurance")
    if collection.needs_data_access_consent:
        known = {True: "consent is there", False: "consent will be asked for", None: "needs a consent"}
        parts.append(known[consent])
    return ", ".join(parts)
