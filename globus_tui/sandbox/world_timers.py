"""The timers of the seeded facility that work as they should, and the ones that are on the move right now."""

from __future__ import annotations

from globus_tui.sandbox.world_recipes import DAY, GB, HOUR, MB, MINUTE, TB, Recipe, user_pause

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
    Recipe("wake-up-callback", "url:https://hooks.example-facility.org/nightly", "good morning", DAY,
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
