"""The timers of the seeded facility in a short form: those that work, those on the move, and every kind of trouble."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from globus_tui.sandbox.state import TIMER_SCOPE, Document
from globus_tui.sandbox.timers.engine import consent_document, flow_scope
from globus_tui.sandbox.world.collections import POLICY_ID, collection_id
from globus_tui.sandbox.world.flows import data_access, flow_id

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MB, GB, TB = 10**6, 10**9, 10**12

OK, FAILED, REFUSED, SKIPPED_FILES, NO_FILES, FAULTS, SHRUNK = ".", "x", "r", "!", "0", "f", "s"
SKIPPED_TICK, MISSED, RUNNING, NEVER_STARTED, CANCELED = "-", "p", ">", "_", "c"
NOT_RUN = SKIPPED_TICK + MISSED + NEVER_STARTED


@dataclass(frozen=True)
class Recipe:
    """One timer of the seeded world.

    `marks` tells the latest ticks, newest last, one character each: `.` fine, `f` with recovered faults, `x` failed
    task, `r` refused at submission, `!` skipped files, `0` moved nothing, `s` found far
    less than usual, `c` canceled, `-` skipped since the run
    before was still going, `p` missed while paused, `_` due but never started, `>` running now. Ticks before
    those were fine.
    """

    name: str | None
    source: str
    """`collection:/path/`; `flow:KEY` and `url:ADDRESS` for the other types."""
    target: str
    every: int | None
    """Seconds; None for a single run."""
    when: str
    """`HH:MM` (UTC), or `+SECONDS` from the world's beginning to the next tick, or `-SECONDS` from the last."""
    took: int = 10 * MINUTE
    files: int = 400
    size: int = 20 * GB
    count: int = 40
    """Ticks so far."""
    marks: str = ""
    error: str = "PERMISSION_DENIED"
    refusal: Document = field(default_factory=dict)
    """Body of the error answer of runs marked `r`; `status` holds the HTTP status."""
    status: str = "active"
    why: Document | None = None
    """`inactive_reason`."""
    options: Document = field(default_factory=dict)
    """Fields of the transfer document."""
    plan: Document = field(default_factory=dict)
    """How later runs turn out, over what the marks say."""
    ends_in: int | None = None
    """For a run in progress: seconds until it ends."""
    stop_n: int | None = None
    stop_after: int | None = None
    """Seconds from the beginning until the end date; negative for one that has passed."""
    legacy: bool = False
    poor_session: bool = False
    """Its stored credential comes from a login without second factor, policy or university identity."""
    quirks: Document = field(default_factory=dict)


def user_pause() -> Document:
    return {"cause": "user", "detail": None}


def needs(code: str, message: str, **parameters: object) -> Document:
    detail = {"code": code, "authorization_parameters": {"session_message": message, **parameters}}
    return {"cause": "globus_auth_requirements", "detail": detail}


MIRROR = {"delete_destination_extra": True, "sync_level": 2, "preserve_timestamp": True}
SYNC = {"sync_level": 2, "preserve_timestamp": True}
RULES = [
    {"DATA_TYPE": "filter_rule", "name": "*.tmp", "method": "exclude", "type": "file"},
    {"DATA_TYPE": "filter_rule", "name": ".git", "method": "exclude", "type": "dir"},
]

MOVING = (
    # Something starts every minute or two and something ends every minute: a newcomer sees the list live.
    Recipe("control-room-status", "beam:/raw/", "depot:/status/", 180, "+20", 45, 12, 80 * MB, 60),
    Recipe("detector-preview-push", "beam:/raw/", "web:/public/preview/", 600, "+75", 90, 220, 3 * GB, 60),
    Recipe("beamline-7-hourly-pull", "beam:/raw/", "scratch:/scratch/beamline7/", HOUR, "+130", 240, 900,
           90 * GB, 60),
    Recipe("beamline-7-calibration", "beam:/raw/", "archive:/archive/beamline7/", 2 * HOUR, "+185", 150, 60,
           8 * GB),
    Recipe("queue-report-export", "scratch:/scratch/ops/", "web:/public/queue/", HOUR, "+245", 25, 40,
           60 * MB, 60, plan={"outcome": "FAILED", "error": "NO_SPACE_LEFT", "moved": 0.4, "faults": 4}),
    Recipe("bio-results-out", "scratch:/scratch/ops/", "depot:/results/", 2 * HOUR, "+310", 400, 1_800,
           120 * GB),
    Recipe("astro-ingest", "observatory:/survey/nightly/", "scratch:/scratch/ops/", 3 * HOUR, "+390", 700,
           6_000, TB),
    Recipe("cfd-restart-files", "scratch:/scratch/cfd/", "archive:/archive/projects/", 4 * HOUR, "+480",
           500, 64, TB),
    Recipe("telemetry-rollup", "depot:/results/", "archive:/archive/projects/", 900, "+560", 30, 96,
           400 * MB, 60),
    Recipe("lab-scratch-sync", "scratch:/scratch/ops/", "depot:/projects/", 4 * HOUR, "+9600", 2 * HOUR,
           40_210, 2 * TB, marks=">", ends_in=95, options={**SYNC, "filter_rules": RULES}),
    Recipe("home-backup", "archive:/archive/home/", "depot:/inbox/", DAY, "+72000", 9 * HOUR, 61_300,
           4 * TB, marks=">", ends_in=16_000, options=SYNC),
    Recipe("em-session-copy", "imaging:/em/", "scratch:/scratch/ops/", 6 * HOUR, "+14000", HOUR, 2_400, TB,
           marks=">", ends_in=210),
)  # fmt: skip

STEADY = (
    Recipe("db-dumps", "vault:/db/", "archive:/archive/db/", DAY, "02:00", 47 * MINUTE, 45, 2 * TB, 90),
    Recipe("etc-and-secrets-config", "vault:/etc/", "archive:/archive/projects/", DAY, "01:30", 40, 310,
           90 * MB, 80),
    Recipe("course-material", "teach:/courses/", "web:/public/courses/", DAY, "05:00", 300, 2_200, 6 * GB,
           70),
    Recipe("observatory-nightly", "observatory:/survey/nightly/", "archive:/archive/projects/", DAY,
           "13:00", 3 * HOUR, 12_481, 2 * TB, 60, "ff."),
    Recipe("nightly-project-mirror", "archive:/archive/projects/", "depot:/projects/", DAY, "03:00", HOUR,
           88_000, 600 * GB, 120, options=MIRROR),
    Recipe("mirror-depot-to-web", "depot:/results/", "web:/public/", DAY, "04:00", 900, 5_000, 40 * GB, 50),
    Recipe("mirror-web-to-depot", "web:/public/", "depot:/results/", DAY, "04:30", 900, 5_000, 40 * GB, 50),
    Recipe("tape-archive-weekly", "archive:/archive/beamline7/", "tape:/vault/weekly/", 7 * DAY, "22:00",
           11 * HOUR, 3_000, 9 * TB, 12),
    Recipe("climate-quarterly-set", "archive:/archive/climate/", "web:/public/climate/", 90 * DAY, "06:00",
           20 * HOUR, 1_440, 8 * TB, 3),
    Recipe("dicom-offload", "scanner:/export/", "imaging:/dicom/", 6 * HOUR, "02:15", 1_500, 740, 80 * GB,
           60, "...-......"),
    Recipe("microscope-weekend-copy", "instrument:/em/", "imaging:/em/", 7 * DAY, "18:00", 5 * HOUR, 8_100,
           5 * TB, 9),
    Recipe("ehr-deid-push-monthly", "clinical:/deid/out/", "imaging:/dicom/", 30 * DAY, "07:00", 1_200, 900,
           12 * GB, 3, options={"encrypt_data": True}),
    Recipe("station-feed-6h", "depot:/inbox/", "scratch:/scratch/ops/", 6 * HOUR, "00:20", 60, 9_600,
           100 * MB, 60),
    Recipe("matlab-licence-logs", "depot:/inbox/", "archive:/archive/projects/", 12 * HOUR, "06:40", 15, 6,
           2 * MB, 60),
    Recipe("観測データ同期 nightly", "observatory:/survey/nightly/", "depot:/inbox/", DAY, "15:00", 2_000, 3_600,
           300 * GB, 30),
    Recipe("\U0001f4e6 parcel photos [/foo]", "depot:/inbox/", "web:/public/photos/", DAY, "09:10", 120,
           500, 4 * GB, 30),
    Recipe("quality-report-daily", "flow:quality", "/raw/", DAY, "08:00", 20 * MINUTE, count=30),
    Recipe("deidentify-and-publish", "flow:deid", "/deid/in/", 12 * HOUR, "10:00", 50 * MINUTE, count=60,
           marks="x.."),
    Recipe("wake-up-callback", "url:https://hooks.facility.example/nightly", "good morning", DAY,
           "05:55", 2, count=25),
    Recipe("one-off paper upload", "archive:/archive/projects/", "web:/public/", None, "+5400", 300, 14,
           2 * GB, 0),
    Recipe("move-out-of-old-lab", "depot:/projects/", "archive:/archive/projects/", None, "+200000", 7_000,
           9_000, TB, 0),
    Recipe("just-created-not-started", "depot:/inbox/", "tape:/vault/monthly/", 30 * DAY, "+86000", 900, 40,
           GB, 0, status="new"),
    Recipe("ten-runs-of-reference-data", "genome:/reference/", "scratch:/scratch/ops/", DAY, "11:00", 600,
           300, 50 * GB, 8, stop_n=10),
)  # fmt: skip

RESTING = (
    Recipe("old-project-tree", "archive:/archive/projects/", "depot:/projects/", 7 * DAY, "02:00", 3_000,
           4_000, 200 * GB, 20, "pp", status="inactive", why=user_pause()),
    Recipe("mirror-secondary", "archive:/archive/home/", "object:/backups/", DAY, "02:30", HOUR, 60_000,
           300 * GB, 60, "ppppppppp", status="inactive", why=user_pause(), options=MIRROR),
    Recipe("paper-2025-upload", "depot:/results/", "web:/public/paper/", DAY, "-2678400", 200, 30, 3 * GB,
           10, status="ended", stop_n=10),
    Recipe("beamtime-June-pull", "beam:/raw/", "archive:/archive/beamline7/", HOUR, "-1209600", 500, 700,
           60 * GB, 96, status="ended", stop_after=1_800),
    Recipe("one-off migration of mail spools", "vault:/etc/", "archive:/archive/home/", None, "-604800",
           9_000, 120_000, 800 * GB, 1, status="ended"),
    Recipe("decommissioned-node-logs", "depot:/inbox/", "archive:/archive/projects/", DAY, "12:00", 60, 10,
           MB, 14, status="delete_in_progress"),
)  # fmt: skip

NATIONAL = data_access(collection_id("national"))
OBJECT = data_access(collection_id("object"))
SECOND_POLICY_ID = "c1d2e3f4-5a6b-4c7d-8e9f-0a1b2c3d4e55"


def _consent(shape: str, *leaves: str) -> Document:
    return {"cause": "globus_auth_requirements", "detail": consent_document(shape, list(leaves))}


def _refused(shape: str, *leaves: str) -> Document:
    return {"status": 403, **consent_document(shape, list(leaves))}


_NEEDS_NATIONAL: dict[str, Any] = {
    "status": "inactive",
    "why": _consent("timer", NATIONAL),
    "refusal": _refused("timer", NATIONAL),
}
_QUOTA = {"outcome": "FAILED", "error": "QUOTA_EXCEEDED", "moved": 0.3, "faults": 6}
_POLICY = "Log in with a second factor through the clinical policy"

SIGN_IN = (
    Recipe("climate-nightly-mirror", "national:/proj/climate/", "archive:/archive/climate/", DAY, "08:00",
           47 * MINUTE, 12_470, 2 * TB, 43, "x.....rpp", error="FILE_NOT_FOUND", options=MIRROR,
           **_NEEDS_NATIONAL),
    Recipe("climate-monthly-tar", "national:/proj/climate/", "tape:/vault/monthly/", 30 * DAY, "09:00",
           9 * HOUR, 31, 3 * TB, 5, "r", **_NEEDS_NATIONAL),
    Recipe("fusion-shots-pull", "national:/proj/fusion/", "scratch:/scratch/sim/", 12 * HOUR, "07:30",
           2_000, 820, 400 * GB, 50, "rppp", **_NEEDS_NATIONAL),
    Recipe("s3-backup-push", "archive:/archive/db/", "object:/backups/", DAY, "03:15", HOUR, 45, 900 * GB,
           30, "rp", status="inactive", why=_consent("ap", OBJECT), refusal=_refused("ap", OBJECT),
           quirks={"gare": "ap"}),
    Recipe("s3-to-national-lab", "object:/sensor-feed/", "national:/proj/climate/", DAY, "03:45", HOUR,
           9_600, GB, 20, "rp", status="inactive", why=_consent("flat", OBJECT, NATIONAL),
           refusal=_refused("flat", OBJECT, NATIONAL), quirks={"gare": "flat"}),
    Recipe("index-scanned-papers", "flow:ocr", "/inbox/", DAY, "04:20", 600, count=12, marks="rp",
           status="inactive", why=needs("ConsentRequired", "Missing required flow consent",
           required_scopes=[f"{TIMER_SCOPE}[{flow_scope(flow_id('ocr'))}]"]), refusal={"status": 403,
           "code": "ConsentRequired"}),
    Recipe("ehr-deid-nightly", "clinical:/deid/out/", "imaging:/dicom/", DAY, "01:00", 1_500, 12_000,
           90 * GB, 60, "rpp", status="inactive", poor_session=True, options={"encrypt_data": True},
           why=needs("AuthPolicyFailed", _POLICY,
           session_required_policies=f"{POLICY_ID},{SECOND_POLICY_ID}"), refusal={"status": 403,
           "code": "AuthPolicyFailed"}),
    Recipe("ehr-audit-trail", "clinical:/deid/in/", "archive:/archive/projects/", 12 * HOUR, "01:20", 60,
           40, 9 * MB, 60, "rp", status="inactive", poor_session=True, options={"encrypt_data": True},
           why=needs("AuthPolicyFailed", _POLICY, session_required_policies=[POLICY_ID],
           session_required_mfa=True), refusal={"status": 403, "code": "AuthPolicyFailed"}),
    Recipe("trial-cohort-export", "clinical:/deid/out/", "depot:/inbox/", 7 * DAY, "02:20", 800, 300,
           2 * GB, 10, "r", status="inactive", poor_session=True, why=needs("AuthorizationRequired",
           "A second factor is required", session_required_mfa=True, prompt="login"),
           refusal={"status": 403, "code": "AuthorizationRequired"}),
    Recipe("genome-reference-pull", "genome:/reference/", "scratch:/scratch/ops/", DAY, "06:10", 2_600, 900,
           300 * GB, 40, "rppp", status="inactive", poor_session=True, why=needs("AuthorizationParameters",
           "Log in with your university account", session_required_single_domain=["uni.example.edu"]),
           refusal={"status": 403, "code": "AuthorizationParameters"}),
    Recipe("lab-identity-export", "depot:/inbox/", "archive:/archive/projects/", DAY, "06:50", 200, 80,
           3 * GB, 33, "rp", status="inactive", poor_session=True, why=needs("AuthorizationParameters",
           "Log in again with your lab identity", session_required_identities=["rops@uni.example.edu"]),
           refusal={"status": 403, "code": "AuthorizationParameters"}),
)  # fmt: skip

FAILING = (
    Recipe("beamline-7-raw", "beam:/raw/", "archive:/archive/beamline7/", DAY, "02:00", 5 * HOUR, 18_000,
           7 * TB, 60, "xxx", error="QUOTA_EXCEEDED", plan=_QUOTA, options={"fail_on_quota_errors": True}),
    Recipe("finance-archive-copy", "vault:/etc/", "archive:/archive/home/", DAY, "02:50", 300, 900, 4 * GB,
           40, ".xx", error="PERMISSION_DENIED", plan={"outcome": "FAILED", "error": "PERMISSION_DENIED",
           "faults": 2}),
    Recipe("run41-reprocessing", "beam:/raw/run41/", "scratch:/scratch/sim/", 12 * HOUR, "03:40", 700, 300,
           60 * GB, 30, "xxxx", error="FILE_NOT_FOUND", plan={"outcome": "FAILED",
           "error": "FILE_NOT_FOUND", "faults": 2}),
    Recipe("old-scratch-drain", "gone:/scratch/", "archive:/archive/projects/", DAY, "04:10", 900, 4_000,
           90 * GB, 45, "rrrr", refusal={"status": 404, "code": "EndpointDeleted",
           "message": f"Endpoint '{collection_id('gone')}' has been deleted", "request_id": "b7Yt03kQx",
           "resource": f"/endpoint/{collection_id('gone')}"}),
    Recipe("paper-figures-push", "depot:/results/", "web:/public/", 12 * HOUR, "07:20", 90, 120, 500 * MB,
           30, "r", refusal={"status": 500,
           "error": {"code": "ERROR", "detail": "Request failed terminally", "status": 500}}),
    Recipe("group-share-copy", "depot:/projects/", "archive:/archive/projects/", DAY, "05:25", 600, 700,
           20 * GB, 30, "c"),
)  # fmt: skip

LATE = (
    Recipe("genomics-inbox", "genome:/inbox/", "scratch:/scratch/ops/", DAY, "+80880", HOUR, 2_300,
           700 * GB, 60, "_", plan={"stalled": True}),
    Recipe("dew-point-feed", "object:/sensor-feed/", "depot:/inbox/", HOUR, "+1500", 30, 200, MB, 60,
           "____", plan={"stalled": True}),
    Recipe("sim-checkpoints", "scratch:/scratch/sim/", "archive:/archive/projects/", 8 * HOUR, "+3600",
           3 * HOUR, 5_000, 40 * TB, 60, ">---", ends_in=9 * HOUR),
    Recipe("tape-second-copy", "archive:/archive/beamline7/", "tape:/vault/weekly/", DAY, "+10000",
           6 * HOUR, 900, 9 * TB, 40, ">", plan={"hold": "PAUSED", "hold_at": 0.3}),
    Recipe("withdrawn-credentials", "archive:/archive/home/", "scratch:/scratch/ops/", DAY, "+20000",
           3 * HOUR, 700, 2 * TB, 30, ">", plan={"hold": "NO_CREDENTIALS", "hold_at": 0.6, "faults": 4}),
    Recipe("field-station", "field:/data/", "depot:/inbox/", 12 * HOUR, "+30000", 900, 300, 4 * GB, 50,
           ".-..-.>", plan={"hold": "GC_NOT_CONNECTED", "hold_at": 0.12, "faults": 9,
           "fault": "GC_NOT_CONNECTED"}),
    Recipe("robins-laptop-backup", "mac:/Users/robin/", "depot:/inbox/", DAY, "+50000", 900, 8_000, 9 * GB,
           40, "!!", plan={"skipped": 212}, options={"skip_source_errors": True}),
    Recipe("cryo-em-export", "instrument:/em/", "imaging:/em/", 4 * HOUR, "+13500", 1_800, 3_300, 2 * TB,
           60, "_", plan={"start_error": 3}, quirks={"retrying": 900}),
)  # fmt: skip

WARNING = (
    Recipe("ehr-deid-push", "imaging:/dicom/", "clinical:/deid/in/", 4 * HOUR, "+7100", 1_100, 12_400,
           60 * GB, 60, "!!!!!!!!!", options={"skip_source_errors": True, "encrypt_data": True},
           plan={"skipped": 412, "faults": 2}),
    Recipe("sensor-hourly", "depot:/inbox/", "archive:/archive/projects/", HOUR, "+1700", 60, 1_200,
           90 * MB, 60, "0" * 14, options=SYNC, plan={"files": 0, "bytes": 0, "seconds": 12}),
    Recipe("scratch-to-archive-mirror", "scratch:/scratch/ops/", "archive:/archive/projects/", DAY, "00:40",
           2 * HOUR, 30_000, 5 * TB, 50, "s", options=MIRROR, plan={"files": 700, "bytes": 9 * GB}),
    Recipe("slow-tuesday", "scratch:/scratch/cfd/", "tape:/vault/weekly/", DAY, "+30500", 30 * MINUTE, 800,
           900 * GB, 40, "ff-.", options={"verify_checksum": True}),
)  # fmt: skip

ODD = (
    Recipe("legacy dtn pull (2021)", "legacy:/data/", "archive:/archive/projects/", 10 * DAY, "21:00", 700,
           400, 8 * GB, 9, legacy=True, quirks={"old_results": True,
           "drop": ["timer_type", "activity", "schedule"],
           "replace": {"stop_after": None, "interval": 864_000.0}}),
    Recipe("naive-timestamps", "depot:/inbox/", "teach:/courses/", 7 * DAY, "20:00", 300, 90, GB, 11,
           quirks={"naive": True, "old_results": True}),
    Recipe(None, "depot:/inbox/", "archive:/archive/projects/", DAY, "19:00", 30, 20, MB, 20,
           quirks={"null": ["stop_after", "activity", "scope"]}),
    Recipe("status from the future", "depot:/results/", "teach:/courses/", DAY, "17:00", 30, 20, MB, 20,
           quirks={"replace": {"status": "hibernating", "activity": {"code": "dreaming", "depth": 3}}}),
    Recipe("2022-era loaded", "vault:/db/", "depot:/inbox/", DAY, "16:00", 30, 20, MB, 20, status="loaded"),
    Recipe("[/foo] [bold]name[/] with [markup", "depot:/projects/", "teach:/courses/", DAY, "16:30", 30, 20,
           MB, 10),
    Recipe("\x1b[31mescape\x1b[0m\x07 in name", "depot:/projects/", "partner:/échange/", DAY, "18:10", 30,
           20, MB, 10),
    Recipe("re\u0301sume\u0301 \u202eright to left\u202c مرحبا", "partner:/échange/", "depot:/inbox/", DAY,
           "18:40", 30, 20, MB, 10),
    Recipe("not understandable", "depot:/inbox/", "teach:/courses/", DAY, "14:00", 30, 20, MB, 5,
           quirks={"drop": ["job_id"], "replace": {"schedule": 7, "status": None, "results": "none"}}),
)  # fmt: skip

TROUBLES = (*SIGN_IN, *FAILING, *LATE, *WARNING, *ODD)
