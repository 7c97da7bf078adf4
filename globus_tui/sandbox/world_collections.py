"""The collections of the seeded world: every entity type, and every way in which one can be awkward."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.state import Collection, Document
from globus_tui.sandbox.world_endpoints import endpoint_document
from globus_tui.sandbox.world_people import LAB_ID, OPS_ID, OTHER_ID, SERVICE_CLIENT_ID
from globus_tui.sandbox.world_trees import (
    beamline,
    climate,
    dumps,
    empty,
    many,
    odd,
    ordinary,
    root,
    sensors,
)

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Sandbox
    from globus_tui.sandbox.world_trees import Theme

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
    Plan(
        "archive",
        "Campus Archive",
        MAPPED,
        "Tape-backed archive, 40 PB",
        {
            **HOME,
            "/archive/beamline7": beamline,
            "/archive/climate": climate,
            "/archive/db": dumps,
            "/archive/projects": ordinary,
            "/archive/home": ordinary,
            "/archive/odd names": odd,
        },
    ),
    Plan(
        "scratch",
        "Cluster Scratch",
        MAPPED,
        "Purged after 30 days",
        {
            **HOME,
            "/scratch/ops": ordinary,
            "/scratch/cfd": ordinary,
            "/scratch/sim": ordinary,
            "/scratch/many files": many,
            "/scratch/odd names": odd,
            "/scratch/empty": empty,
            "/scratch/beamline7": beamline,
        },
    ),
    Plan(
        "national",
        "National Lab DTN",
        MAPPED,
        "Project storage of the national laboratory",
        {**HOME, "/proj/climate": climate, "/proj/fusion": ordinary},
        consented=False,
        mine=False,
    ),
    Plan(
        "observatory",
        "Observatory DTN",
        MAPPED,
        "Nightly images of the survey telescope",
        {**HOME, "/survey/nightly": beamline},
        mine=False,
    ),
    Plan("imaging", "Imaging Lake", MAPPED, "DICOM and microscopy", {**HOME, "/dicom": beamline, "/em": beamline}),
    Plan(
        "object",
        "Object Store (S3 gateway)",
        MAPPED,
        "Buckets of the cloud project",
        {"/sensor-feed": sensors, "/backups": dumps},
        consented=False,
        fields={"default_directory": "/", "storage_type": "s3"},
        stands={"home": "/"},
    ),
    Plan(
        "tape",
        "Tape Library",
        MAPPED,
        "Second copy, robot in building 12",
        {**HOME, "/vault/weekly": ordinary, "/vault/monthly": ordinary},
        fields={"user_message": "Tape robot maintenance on the first Tuesday of each month"},
        stands={"paused_message": "Tape robot maintenance until 18:00; transfers continue by themselves"},
    ),
    Plan(
        "clinical",
        "Clinical Enclave (HA)",
        MAPPED,
        "De-identified health records, high assurance",
        {**HOME, "/deid/out": sensors, "/deid/in": ordinary},
        fields={
            "high_assurance": True,
            "authentication_timeout_mins": 30,
            "authentication_policy_id": POLICY_ID,
            "mfa_required": True,
            "force_encryption": True,
            "department": "Clinical Data",
        },
        stands={
            "required_policies": (POLICY_ID,),
            "required_mfa": True,
            "session_timeout": timedelta(minutes=30),
        },
    ),
    Plan(
        "genome",
        "Genome Centre",
        MAPPED,
        "Log in with your university account",
        {**HOME, "/inbox": ordinary, "/reference": ordinary},
        mine=False,
        fields={"high_assurance": True, "authentication_timeout_mins": 720},
        stands={"required_domains": ("uni.example.edu",)},
    ),
    Plan("beam", "Beamline 7 Data", GUEST, "Detector output", {"/raw": beamline}, host="scratch", host_path="/b7/"),
    Plan("depot", "Lab Depot", GUEST, "Shared by the labs", {"/": ordinary}, host="archive", host_path="/depot/"),
    Plan("vault", "Ops Vault", GUEST, "Dumps and configuration", {"/db": dumps, "/etc": ordinary}, host="archive"),
    Plan("teach", "Teaching Share", GUEST, "Course material", {"/courses": ordinary}, host="archive"),
    Plan("web", "Web Collection", GUEST, "Published data", {"/public": ordinary}, host="archive"),
    Plan(
        "partner",
        "Données partagées 共有データ \U0001f4e6",
        GUEST,
        "Shared by [/foo] partners",
        {"/échange": odd},
        host="national",
        mine=False,
    ),
    Plan(
        "field",
        "Field Station Laptop",
        GCP,
        "Solar powered; often off",
        {"/data": sensors},
        stands={"connected": False},
        fields={"gcp_connected": False},
    ),
    Plan("scanner", "Scanner Workstation", GCP, "MR scanner console", {"/export": beamline, "/~": ordinary}),
    Plan("mac", "Robin's MacBook", GCP, "", {"/Users/robin": ordinary}, fields={"gcp_paused": True}),
    Plan("instrument", "Instrument Share", GCP_GUEST, "Cryo-EM exports", {"/em": beamline}, host="scanner"),
    Plan("gone", "Old Scratch (2019)", MAPPED, "Retired", stands={"deleted": True}),
    Plan(
        "legacy",
        "",
        OLD,
        "Left over from the previous system",
        {"/data": ordinary},
        fields={"canonical_name": "ops#dtn", "entity_type": None, "subscription_id": None},
    ),
)


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
            "host_path": plan.host_path or (f"/{plan.key}/" if host else None),
            "mapped_collection_id": collection_id(host.key) if host else None,
            "mapped_collection_display_name": host.name if host else None,
            "subscription_id": None if plan.kind == GCP else SUBSCRIPTION_ID,
            "public": plan.key not in ("mac", "vault", "clinical"),
            **plan.fields,
        },
        endpoint_id=collection_id("facility" if plan.mine else "elsewhere"),
    )
