"""Everything the sandbox knows, as plain records. The services change it; `world` fills it."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.clock import Agenda, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from globus_tui.sandbox.faults import Faults

Document = dict[str, Any]

AUTH_SERVER = "auth.globus.org"
TRANSFER_SERVER = "transfer.api.globus.org"
TIMERS_SERVER = "524230d7-ea86-4a52-8312-86065a9e0417"
FLOWS_SERVER = "flows.globus.org"

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
TIMER_SCOPE = f"https://auth.globus.org/scopes/{TIMERS_SERVER}/timer"


class Refusal(Exception):
    """An error answer: raised anywhere below a route, sent by the service as `status` with `body` as JSON."""

    def __init__(self, status: int, body: Document, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body, self.headers = status, body, headers or {}


@dataclass
class Person:
    """An identity that can sign in (a client identity of a service account is one too)."""

    identity_id: str
    username: str
    name: str
    email: str
    organization: str = "Example Facility"
    identity_provider: str = ""
    identity_provider_name: str = "Example Facility"
    linked: tuple[str, ...] = ()
    """Ids of the identities linked to this one (without itself)."""


@dataclass
class Client:
    """A registered OAuth2 client: native (no secret) or confidential."""

    client_id: str
    name: str
    secret: str | None = None
    redirect_uris: tuple[str, ...] = ()


@dataclass
class Consent:
    """One node of a consent tree; `path` holds the ids from the root to this one."""

    consent_id: int
    identity_id: str
    client_id: str
    scope: str
    path: tuple[int, ...]
    created: datetime
    optional: bool = False
    last_used: datetime | None = None


@dataclass
class Session:
    """What a login proved: which identities authenticated, when, and whether with a second factor."""

    session_id: str
    authenticated: dict[str, datetime] = field(default_factory=dict)
    mfa: bool = False
    policies: dict[str, datetime] = field(default_factory=dict)
    """Policies that a login satisfied, and when."""


@dataclass
class Token:
    """An access or refresh token. `scopes` is flat: the root names only."""

    value: str
    kind: str
    client_id: str
    identity_id: str
    resource_server: str
    scopes: frozenset[str]
    issued: datetime
    expires: datetime | None
    session: Session
    revoked: bool = False


@dataclass
class Entry:
    """A file or folder of a collection's tree. Folders have `children`, files have None."""

    name: str
    size: int = 0
    modified: datetime | None = None
    children: dict[str, Entry] | None = field(default=None, repr=False)
    permissions: str = "0644"
    user: str = "ops"
    group: str = "ops"
    forbidden: bool = False
    """Listing or reading it answers with a permission error."""
    grow: Callable[[], dict[str, Entry]] | None = field(default=None, repr=False)
    """Makes the children when they are first asked for: big trees cost nothing until somebody looks."""
    link_target: str | None = None
    broken: bool = False
    """A symbolic link that leads nowhere."""

    @property
    def is_folder(self) -> bool:
        return self.children is not None or self.grow is not None

    def contents(self) -> dict[str, Entry]:
        """The children by name; nothing for a file."""
        if self.children is None and self.grow is not None:
            self.children = self.grow()
        return self.children if self.children is not None else {}


@dataclass
class Collection:
    """An endpoint document (`document`, as Transfer sends it) and what stands behind it."""

    collection_id: str
    document: Document
    root: Entry
    home: str = "/~/"
    connected: bool = True
    """False: a Globus Connect Personal computer that is switched off, or a host that cannot be reached."""
    paused_message: str | None = None
    deleted: bool = False
    required_policies: tuple[str, ...] = ()
    required_domains: tuple[str, ...] = ()
    required_mfa: bool = False
    session_timeout: timedelta | None = None
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """identity id → effective roles; an absent identity may read it when the document says public."""
    recently_used_by: frozenset[str] = frozenset()

    @property
    def needs_data_access(self) -> bool:
        """The documented rule: a mapped GCSv5 collection that is not high assurance."""
        return (
            self.document.get("entity_type") == "GCSv5_mapped_collection"
            and self.document.get("high_assurance") is False
        )


@dataclass
class TransferTask:
    """A transfer task: its public `document` (kept current by the transfer engine), events and files."""

    task_id: str
    owner: str
    document: Document
    events: list[Document] = field(default_factory=list)
    skipped: list[Document] = field(default_factory=list)
    pause_rules: list[Document] = field(default_factory=list)
    submission_id: str | None = None
    ends_at: datetime | None = None
    """When it will end if nobody interferes; None once ended or while suspended."""
    outcome: str = "SUCCEEDED"
    planned: Document = field(default_factory=dict)
    """The final figures, reached proportionally while it runs (files, bytes_transferred, ...)."""
    starts_at: datetime | None = None
    """When it begins (or began) to move data; None while it waits in the queue."""


@dataclass
class TimerRun:
    """One execution of a timer."""

    ran_at: datetime
    http_status: int | None
    run_status: str
    resource_id: str | None = None
    ended: datetime | None = None
    last_check: datetime | None = None
    next_check: datetime | None = None
    errors: Document | None = None
    data: Document | None = None
    ends_at: datetime | None = None
    """When a run of a generic timer will end; the others end with what they started."""
    old_shape: bool = False
    """Rendered with `status`, `data`, `ran_at`, `errors` only, as results from before 2025 are."""


@dataclass
class Timer:
    """A timer with its engine state. The wire documents are rendered from it by `timers`."""

    job_id: str
    owner: str
    client_id: str
    name: str | None
    timer_type: str
    submitted_at: datetime
    start: datetime
    interval: int | None
    stop_at: datetime | None = None
    stop_after_n: int | None = None
    body: Document = field(default_factory=dict)
    """The transfer document or flow start document (v2), or the callback body (v1 generic)."""
    flow_id: str | None = None
    callback_url: str | None = None
    scope: str | None = None
    legacy_body: bool = False
    """callback_body is rendered in the action provider's form (`transfer_items`, `source_endpoint_id`)."""
    status: str = "active"
    inactive_reason: Document | None = None
    last_ran_at: datetime | None = None
    next_run: datetime | None = None
    n_runs: int = 0
    n_errors: int = 0
    results: list[TimerRun] = field(default_factory=list)
    """Newest first."""
    missed_while_inactive: bool = False
    retrying_since: datetime | None = None
    retry_at: datetime | None = None
    erase_at: datetime | None = None
    """When the clean-up after DELETE removes it; None when it is not being deleted."""
    alarm: int = 0
    """Number of its latest booking on the agenda: the earlier ones are void."""
    current: TimerRun | None = None
    plan: Document = field(default_factory=dict)
    """How its runs turn out (read by the transfer engine): seconds, files, bytes, outcome, faults, ..."""
    consents: frozenset[str] | None = None
    """Scopes its stored credential carries as root>child>leaf chains; None: those of the owner."""
    session: Session | None = None
    """The session behind its stored credential."""
    quirks: Document = field(default_factory=dict)
    """Oddities for readers to survive: fields to drop, null or replace in its rendered document."""


@dataclass(repr=False)
class Sandbox:
    """The whole pretend world."""

    clock: Clock
    faults: Faults
    seed: int = 1
    agenda: Agenda = field(default_factory=Agenda)
    people: dict[str, Person] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    consents: list[Consent] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    codes: dict[str, Document] = field(default_factory=dict)
    policies: dict[str, Document] = field(default_factory=dict)
    """Authentication policies that have rules of their own; another id just asks for a login for it."""
    sessions: dict[str, Session] = field(default_factory=dict)
    """identity id → the browser session of its last login, which the next login builds on."""
    collections: dict[str, Collection] = field(default_factory=dict)
    bookmarks: dict[str, Document] = field(default_factory=dict)
    tasks: dict[str, TransferTask] = field(default_factory=dict)
    unfinished: dict[str, TransferTask] = field(default_factory=dict)
    """Those of `tasks` that have not ended, oldest first: few among thousands."""
    timers: dict[str, Timer] = field(default_factory=dict)
    flows: dict[str, Document] = field(default_factory=dict)
    flow_runs: dict[str, Document] = field(default_factory=dict)
    active_limit: int = 3
    """How many transfer tasks of one user work at once; the others wait as `Queued` (documented: 3)."""
    timer_budget: float = 1.0
    """How many runs a minute the timers of one user may have together; infinity switches the limit off."""
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def now(self) -> datetime:
        """The simulated moment, with everything due until then done."""
        moment = self.clock.now()
        self.agenda.run_until(moment)
        return moment

    def owns(self, identity_id: str, owner: str) -> bool:
        """Whether what `owner` has belongs to this identity: it is the same one, or one linked to it."""
        person = self.people.get(owner)
        return identity_id == owner or (person is not None and identity_id in person.linked)

    def new_id(self) -> str:
        """A UUID from the seeded generator: the same world has the same ids."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def new_secret(self, kind: str) -> str:
        """A token or code: repeatable from the seed, without disturbing the world's own dice."""
        number = len(self.tokens) + len(self.codes)
        digest = hashlib.sha384(f"{self.seed} {kind} {number}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().replace("-", "x").replace("_", "y")[:46]


def json_of(body: bytes | str) -> Any:
    """A JSON document.

    Raises:
        ValueError: it is none, or one that no answer could say again: half a surrogate, no number, too deep.
    """
    try:
        document = json.loads(body)
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("too deep") from None
    return document


def iso(moment: datetime | None) -> str | None:
    """A moment as the services write it: `2026-09-01T08:00:00+00:00`."""
    return moment.isoformat(timespec="seconds") if moment else None


def moment_of(text: str) -> datetime:
    """An ISO moment; without an offset it is UTC (inferred). Raises ValueError: it is none."""
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def in_span(moment: datetime | None, span: str) -> bool:
    """Whether a moment lies in `FROM,TO`, either of which may be empty. Raises ValueError: one of them is no moment."""
    first, _, last = span.partition(",")
    early, late = moment_of(first) if first else moment, moment_of(last) if last else moment
    return moment is not None and early is not None and late is not None and early <= moment <= late
