"""The collections of the seeded world: every entity type, and every way in which one can be awkward."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.state import Collection, Document, Entry, Sandbox
from globus_tui.sandbox.world.flows import LAB_ID, OPS_ID, OTHER_ID, SERVICE_CLIENT_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Theme = Callable[["Soil"], dict[str, Entry]]

MANY = 10_000
"""Entries of the folder that is too long to scroll through."""


class Soil:
    """What a folder grows from: its path is the seed, so the same world has the same files.

    Args:
        path: absolute path of the folder within its collection, prefixed with the collection's key.
        now: when the world began; files are older than that.
        depth: folders above this one, counted from where its theme began.
    """

    def __init__(self, path: str, now: datetime, depth: int = 0) -> None:
        self.path, self.now, self.depth = path, now, depth
        self.rng = random.Random(path)

    def file(self, name: str, size: int | None = None, **more: str) -> Entry:
        shown = self.rng.randrange(200, 40_000_000) if size is None else size
        return Entry(name, shown, self.some_time_ago(), **more)  # type: ignore[arg-type]  # text fields only

    def folder(self, name: str, theme: Theme) -> Entry:
        below = Soil(f"{self.path}/{name}", self.now, self.depth + 1)
        return Entry(name, 4096, self.some_time_ago(), permissions="0755", grow=partial(theme, below), group="science")

    def some_time_ago(self) -> datetime:
        return self.now - timedelta(seconds=self.rng.randrange(600, 400 * 86_400))


def by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.name: entry for entry in entries}


def beamline(soil: Soil) -> dict[str, Entry]:
    """Months, in them runs, in them detector frames."""
    if soil.depth == 0:
        months = [soil.now - timedelta(days=30 * back) for back in range(9)]
        return by_name(soil.folder(f"{month:%Y-%m}", beamline) for month in months)
    if soil.depth == 1:
        first = soil.rng.randrange(100, 8_000)
        runs = [soil.folder(f"run_{first + n:05d}", beamline) for n in range(soil.rng.randrange(12, 48))]
        return by_name([*runs, soil.file(".catalog.lock", 0), soil.file("elog.csv")])
    if soil.depth == 2:
        frames = [
            soil.file(f"frame_{n:04d}.h5", soil.rng.randrange(8, 40) * 1_048_576)
            for n in range(soil.rng.randrange(20, 90))
        ]
        meta = [soil.file("run.json", 2_311), soil.file("dark.h5", 16_777_216), soil.file(".processed", 0)]
        return by_name([*meta, *frames, soil.folder("calib", ordinary)])
    return ordinary(soil)


def climate(soil: Soil) -> dict[str, Entry]:
    """Scenarios, in them variables, in them one NetCDF file a year."""
    if soil.depth == 0:
        return by_name(soil.folder(name, climate) for name in ("historical", "ssp126", "ssp245", "ssp370", "ssp585"))
    if soil.depth == 1:
        return by_name(soil.folder(name, climate) for name in ("hus", "pr", "psl", "tas", "tos", "ua", "va", "zg"))
    variable = soil.path.rsplit("/", 1)[-1]
    years = [
        soil.file(f"{variable}_day_EX-ESM2_{year}0101-{year}1231.nc", soil.rng.randrange(300, 900) * 1_000_000)
        for year in range(1990, 2026)
    ]
    return by_name(years)


def dumps(soil: Soil) -> dict[str, Entry]:
    """One compressed database dump a day and a pointer to the latest."""
    days = [soil.now - timedelta(days=back) for back in range(45)]
    files = [Entry(f"pg_main_{day:%Y%m%d}.dump.zst", 41_000_000_000 + soil.rng.randrange(9**9), day) for day in days]
    latest = soil.file("latest.dump.zst", files[0].size, link_target=files[0].name)
    return by_name([*files, latest, soil.file("SHA256SUMS", 4_100)])


def sensors(soil: Soil) -> dict[str, Entry]:
    """A hundred stations, each with a file an hour for four days."""
    if soil.depth == 0:
        return by_name(soil.folder(f"station-{n:03d}", sensors) for n in range(1, 101))
    hours = [soil.now - timedelta(hours=back) for back in range(96)]
    return by_name(soil.file(f"{hour:%Y%m%dT%H}00Z.csv", soil.rng.randrange(9_000, 12_000)) for hour in hours)


def ordinary(soil: Soil) -> dict[str, Entry]:
    """What people keep: some folders (endlessly deep), some files, some hidden ones."""
    words = ("analysis", "figures", "notebooks", "old", "paper", "results", "scripts", "tmp", "v2", "input")
    folders = soil.rng.sample(words, soil.rng.randrange(2, 6))
    kinds = ("notes.md", "run.sh", "environment.yml", "model.py", "table.csv", "log.txt", "output.nc", "README")
    files = soil.rng.sample(kinds, soil.rng.randrange(3, 7))
    made = [soil.folder(name, ordinary) for name in folders] + [soil.file(name) for name in files]
    if soil.rng.random() < 0.5:
        made += [soil.file(".DS_Store", 6_148), soil.folder(".git", empty)]
    return by_name(made)


def empty(soil: Soil) -> dict[str, Entry]:
    del soil
    return {}


def many(soil: Soil) -> dict[str, Entry]:
    """A folder of ten thousand files, as a broken script leaves it behind."""
    stamp = soil.now - timedelta(days=3)
    return by_name(
        Entry(f"part-{n:05d}.parquet", 1_000_000 + n * 97, stamp + timedelta(seconds=n)) for n in range(MANY)
    )


def odd(soil: Soil) -> dict[str, Entry]:
    """Names that break careless programs: markup, escapes, combining characters, right-to-left, very long."""
    names = (
        "[/foo] [bold]not markup[/bold].txt", "a file with  two spaces.txt", "data (copy).csv",
        "re\u0301sume\u0301 decomposed.pdf", "résumé composed.pdf", "観測データ.csv", "مرحبا.txt",
        "\U0001f4e6 boxes \U0001f468\u200d\U0001f469\u200d\U0001f467.zip", "\x1b[31mred\x1b[0m.log", "bell\x07.txt",
        "tab\there.txt", "zero\u200bwidth.txt", "\u202ereversed.txt", "-rf", "$(reboot)", "x" * 200 + ".dat",
        " leading space", "%2e%2e", "quote'\"s.txt", "back\\slash.txt",
    )  # fmt: skip
    made = [soil.file(name) for name in names]
    made.append(soil.folder("[/foo]", ordinary))
    made.append(soil.folder("dossier été", ordinary))
    made.append(Entry("dangling", 11, soil.some_time_ago(), link_target="/nowhere/at/all", broken=True))
    made.append(soil.file("link to data", 900, link_target="data (copy).csv"))
    made.append(Entry("future.txt", 12, soil.now + timedelta(days=200)))
    made.append(Entry("undated.bin", 77, None))
    return by_name(made)


def forbidden(soil: Soil, name: str) -> Entry:
    """A folder that is seen but not entered."""
    return Entry(name, 4096, soil.some_time_ago(), {}, permissions="0700", user="root", group="root", forbidden=True)


def root(key: str, places: dict[str, Theme], now: datetime) -> Entry:
    """The root of a collection's tree with a theme growing at each of the given absolute paths.

    Args:
        places: absolute folder path to theme.
    """
    return Entry("", 4096, now, permissions="0755", grow=partial(_plant, key, places, now))


def _plant(key: str, places: dict[str, Theme], now: datetime) -> dict[str, Entry]:
    soil = Soil(key, now)
    children = by_name([forbidden(soil, "lost+found"), soil.file("README.txt", 1_204)])
    for path, theme in places.items():
        folder = children
        *above, last = [part for part in path.split("/") if part]
        for part in above:
            step = folder.setdefault(part, Entry(part, 4096, soil.some_time_ago(), {}, permissions="0755"))
            folder = step.contents()
        grown = Soil(f"{key}{path.rstrip('/')}", now)
        folder[last] = Entry(
            last, 4096, soil.some_time_ago(), permissions="0755", grow=partial(theme, grown), group="science"
        )
    return children


_NULL = (
    "acl_max_expiration_period_mins associated_flow_policy authentication_assurance_timeout "
    "authentication_policy_id authentication_timeout_mins auto_delete_timeout canonical_name "
    "contact_email contact_info default_directory department description disable_anonymous_writes "
    "entity_type expire_time gcp_connected gcp_paused gcs_manager_url gcs_version "
    "globus_connect_setup_key host_endpoint host_endpoint_display_name host_endpoint_id host_path "
    "https_server info_link keywords last_accessed_time local_user_info_available "
    "mapped_collection_display_name mapped_collection_id max_concurrency max_parallelism myproxy_dn "
    "myproxy_server network_use non_functional_endpoint_display_name non_functional_endpoint_id "
    "oauth_server organization preferred_concurrency preferred_parallelism preserve_modtime "
    "restrict_transfers_to_high_assurance s3_url sharing_target_endpoint sharing_target_root_path "
    "storage_type subscription_id tlsftp_server user_message user_message_link username"
)
_FALSE = (
    "acl_available acl_editable activated disable_verify force_encryption force_verify "
    "french_english_bilingual high_assurance in_use is_go_storage is_globus_connect mfa_required "
    "non_functional public requester_pays s3_owner_activated shareable skip_custom_identity_mapping_check "
    "subscription_admin_verified"
)

BASE: Document = {
    "DATA_TYPE": "endpoint",
    **dict.fromkeys(_NULL.split()),
    **dict.fromkeys(_FALSE.split(), False),
    "expires_in": -1,
    "gcp_connected": None,
    "keywords": None,
    "organization": "Example Facility",
    "my_effective_roles": [],
    "DATA": [],
}


def endpoint_document(collection_id: str, name: str, kind: str, fields: Document, *, endpoint_id: str) -> Document:
    """A complete endpoint document (about 80 fields).

    Args:
        fields: what differs from the usual.
        endpoint_id: the GCSv5 endpoint behind it: the owner id of a GCSv5 collection is that, not a person
            (documented trap).
    """
    document = {**BASE, "id": collection_id, "display_name": name, "entity_type": kind, "DATA": []}
    document.update(_of_kind(kind, collection_id))
    document.update(fields)
    document["canonical_name"] = document["canonical_name"] or f"{document['owner_id']}#{collection_id}"
    document["owner_string"] = "ops@example-facility.org"
    if kind.startswith("GCSv5") and kind != "GCSv5_endpoint":
        document["owner_id"] = endpoint_id
        document["owner_string"] = f"{endpoint_id}@clients.auth.globus.org"
    document["shareable"] = kind in ("GCSv5_mapped_collection", "GCP_mapped_collection")
    document["subscription_admin_verified"] = document["subscription_id"] is not None
    document["keywords"] = document["keywords"] or ",".join(name.lower().split()[:2]) or None
    return document


def _of_kind(kind: str, collection_id: str) -> Document:
    short = collection_id[:6]
    host = f"{short}.8540.data.example"
    if kind.startswith("GCP"):
        return {"is_globus_connect": True, "gcp_connected": True, "gcp_paused": False, "high_assurance": None}
    if kind == "GCSv5_endpoint":
        return {"gcs_manager_url": f"https://{host}", "gcs_version": "5.4.85", "non_functional": True}
    if kind == "GCSv4_host":
        return {"high_assurance": None, "DATA": [_server("gridftp.facility.example")]}
    return {
        "gcs_manager_url": f"https://{host}",
        "gcs_version": "5.4.85",
        "tlsftp_server": f"tlsftp://m-{short}.{host}:443",
        "https_server": f"https://m-{short}.{host}",
        "acl_available": kind == "GCSv5_guest_collection",
        "acl_editable": kind == "GCSv5_guest_collection",
        "DATA": [_server(f"m-{short}.{host}")],
    }


def _server(hostname: str) -> Document:
    return {
        "DATA_TYPE": "server",
        "id": 985,
        "hostname": hostname,
        "port": 443,
        "scheme": "tlsftp",
        "uri": f"tlsftp://{hostname}:443",
        "subject": None,
        "incoming_data_port_start": None,
        "incoming_data_port_end": None,
    }


_SPACE = uuid.UUID("d1c7a3e0-5b2f-4c68-9a0d-7e6f5b4c3a21")
POLICY_ID = "8a4e6c20-3f1b-4d95-b7c8-5e2d1f0a9c31"
SUBSCRIPTION_ID = "2f9d1e83-7b4c-4a06-8e5d-0c1b2a3f4d52"
EVERYBODY = (OPS_ID, LAB_ID, SERVICE_CLIENT_ID)


def collection_id(key: str) -> str:
    """The fixed id of a collection of the seeded world, by its short name (`archive`, `scratch`, ...)."""
    return str(uuid.uuid5(_SPACE, key))


@dataclass(frozen=True)
class Plan:
    """One collection in short."""

    key: str
    name: str
    kind: str
    about: str = ""
    places: dict[str, Theme] = field(default_factory=dict)
    consented: bool = True
    """For collections that need it: the operator has granted data_access."""
    mine: bool = True
    host: str | None = None
    host_path: str | None = None
    fields: Document = field(default_factory=dict)
    stands: dict[str, Any] = field(default_factory=dict)
    """Attributes of the Collection record."""


MAPPED, GUEST = "GCSv5_mapped_collection", "GCSv5_guest_collection"
GCP, GCP_GUEST, BARE, OLD = "GCP_mapped_collection", "GCP_guest_collection", "GCSv5_endpoint", "GCSv4_host"
HOME: dict[str, Theme] = {"/home/ops": ordinary}

PLANS = (
    Plan("facility", "Example Facility Data Transfer Nodes", BARE, "The endpoint behind our collections"),
    Plan("archive", "Campus Archive", MAPPED, "Tape-backed archive, 40 PB",
         {**HOME, "/archive/beamline7": beamline, "/archive/climate": climate, "/archive/db": dumps,
          "/archive/projects": ordinary, "/archive/home": ordinary, "/archive/odd names": odd}),
    Plan("scratch", "Cluster Scratch", MAPPED, "Purged after 30 days",
         {**HOME, "/scratch/ops": ordinary, "/scratch/cfd": ordinary, "/scratch/sim": ordinary,
          "/scratch/many files": many, "/scratch/odd names": odd, "/scratch/empty": empty,
          "/scratch/beamline7": beamline}),
    Plan("national", "National Lab DTN", MAPPED, "Project storage of the national laboratory",
         {**HOME, "/proj/climate": climate, "/proj/fusion": ordinary}, consented=False, mine=False),
    Plan("observatory", "Observatory DTN", MAPPED, "Nightly images of the survey telescope",
         {**HOME, "/survey/nightly": beamline}, mine=False),
    Plan("imaging", "Imaging Lake", MAPPED, "DICOM and microscopy", {**HOME, "/dicom": beamline, "/em": beamline}),
    Plan("object", "Object Store (S3 gateway)", MAPPED, "Buckets of the cloud project",
         {"/sensor-feed": sensors, "/backups": dumps}, consented=False,
         fields={"default_directory": "/", "storage_type": "s3"}, stands={"home": "/"}),
    Plan("tape", "Tape Library", MAPPED, "Second copy, robot in building 12",
         {**HOME, "/vault/weekly": ordinary, "/vault/monthly": ordinary},
         fields={"user_message": "Tape robot maintenance on the first Tuesday of each month"},
         stands={"paused_message": "Tape robot maintenance until 18:00; transfers continue by themselves"}),
    Plan("clinical", "Clinical Enclave (HA)", MAPPED, "De-identified health records, high assurance",
         {**HOME, "/deid/out": sensors, "/deid/in": ordinary},
         fields={"high_assurance": True, "authentication_timeout_mins": 30, "authentication_policy_id": POLICY_ID,
                 "mfa_required": True, "force_encryption": True, "department": "Clinical Data"},
         stands={"required_policies": (POLICY_ID,), "required_mfa": True, "session_timeout": timedelta(minutes=30)}),
    Plan("genome", "Genome Centre", MAPPED, "Log in with your university account",
         {**HOME, "/inbox": ordinary, "/reference": ordinary}, mine=False,
         fields={"high_assurance": True, "authentication_timeout_mins": 720},
         stands={"required_domains": ("uni.example.edu",)}),
    Plan("beam", "Beamline 7 Data", GUEST, "Detector output", {"/raw": beamline}, host="scratch", host_path="/b7/"),
    Plan("depot", "Lab Depot", GUEST, "Shared by the labs", {"/": ordinary}, host="archive", host_path="/depot/"),
    Plan("vault", "Ops Vault", GUEST, "Dumps and configuration", {"/db": dumps, "/etc": ordinary}, host="archive"),
    Plan("teach", "Teaching Share", GUEST, "Course material", {"/courses": ordinary}, host="archive"),
    Plan("web", "Web Collection", GUEST, "Published data", {"/public": ordinary}, host="archive"),
    Plan("partner", "Données partagées 共有データ \U0001f4e6", GUEST, "Shared by [/foo] partners", {"/échange": odd},
         host="national", mine=False),
    Plan("field", "Field Station Laptop", GCP, "Solar powered; often off", {"/data": sensors},
         stands={"connected": False}, fields={"gcp_connected": False}),
    Plan("scanner", "Scanner Workstation", GCP, "MR scanner console", {"/export": beamline, "/~": ordinary}),
    Plan("mac", "Robin's MacBook", GCP, "", {"/Users/robin": ordinary}, fields={"gcp_paused": True}),
    Plan("instrument", "Instrument Share", GCP_GUEST, "Cryo-EM exports", {"/em": beamline}, host="scanner"),
    Plan("gone", "Old Scratch (2019)", MAPPED, "Retired", stands={"deleted": True}),
    Plan("legacy", "", OLD, "Left over from the previous system", {"/data": ordinary},
         fields={"canonical_name": "ops#dtn", "entity_type": None, "subscription_id": None}),
)  # fmt: skip


def add_collections(sandbox: Sandbox) -> None:
    """Adds every collection; the trees grow when somebody looks."""
    for plan in PLANS:
        sandbox.collections[collection_id(plan.key)] = _collection(plan, sandbox)


def consented_ids() -> list[str]:
    """Ids of the collections for which the operator has granted data_access."""
    needs = [plan for plan in PLANS if plan.kind == MAPPED and not plan.fields.get("high_assurance")]
    return [collection_id(plan.key) for plan in needs if plan.consented]


def _collection(plan: Plan, sandbox: Sandbox) -> Collection:
    now = sandbox.clock.now().replace(microsecond=0)
    roles: dict[str, tuple[str, ...]] = dict.fromkeys(EVERYBODY, ("administrator",)) if plan.mine else {}
    if plan.key in ("beam", "instrument"):
        roles = {OTHER_ID: ("administrator",), **dict.fromkeys(EVERYBODY, ("access_manager",))}
    stands = {"home": "/home/ops/" if "/home/ops" in plan.places else "/", **plan.stands}
    places = {path: theme for path, theme in plan.places.items() if path != "/"}
    if "/" in plan.places:
        places = {"/projects": plan.places["/"], "/results": plan.places["/"], "/inbox": plan.places["/"]}
    used = frozenset(EVERYBODY) if plan.key in ("archive", "scratch", "beam", "depot", "vault") else frozenset()
    return Collection(
        collection_id=collection_id(plan.key),
        document=_document(plan),
        root=root(plan.key, places, now),
        roles=roles,
        recently_used_by=used,
        **stands,
    )


def add_bookmarks(sandbox: Sandbox) -> None:
    """Two places that the operator, and so the service account too, goes back to."""
    for name, key, path in (("Archive of projects", "archive", "/projects/"), ("Beamline", "beam", "/raw/")):
        bookmark_id = str(uuid.uuid5(_SPACE, f"bookmark {name}"))
        sandbox.bookmarks[bookmark_id] = {
            "DATA_TYPE": "bookmark",
            "id": bookmark_id,
            "name": name,
            "endpoint_id": collection_id(key),
            "path": path,
            "pinned": key == "archive",
            "_owner": OPS_ID,
        }


def _document(plan: Plan) -> Document:
    host = plan.host and next(other for other in PLANS if other.key == plan.host)
    return endpoint_document(
        collection_id(plan.key),
        plan.name,
        plan.kind,
        {
            "description": plan.about or None,
            "owner_id": OPS_ID if plan.mine else OTHER_ID,
            "host_endpoint_id": collection_id(host.key) if host else None,
            "host_endpoint": collection_id(host.key) if host else None,  # what clients of older days read
            "host_path": plan.host_path or (f"/{plan.key}/" if host else None),
            "mapped_collection_id": collection_id(host.key) if host else None,
            "mapped_collection_display_name": host.name if host else None,
            "subscription_id": None if plan.kind == GCP else SUBSCRIPTION_ID,
            "public": plan.key not in ("mac", "vault", "clinical"),
            **plan.fields,
        },
        endpoint_id=collection_id("facility" if plan.mine else "elsewhere"),
    )
