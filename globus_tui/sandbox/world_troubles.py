"""The timers of the seeded facility that need a human: every kind of trouble,
and every oddity on the wire.
"""

from __future__ import annotations

from typing import Any

from globus_tui.sandbox.state import TIMER_SCOPE, Document
from globus_tui.sandbox.timer_consents import consent_document, flow_scope
from globus_tui.sandbox.world_collections import POLICY_ID, collection_id
from globus_tui.sandbox.world_flows import flow_id
from globus_tui.sandbox.world_people import data_access
from globus_tui.sandbox.world_recipes import DAY, GB, HOUR, MB, MINUTE, TB, Recipe, needs
from globus_tui.sandbox.world_timers import MIRROR, SYNC

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
           "replace": {"stop_after": None, "interval": 864_000.0}, "results_list": True}),
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
