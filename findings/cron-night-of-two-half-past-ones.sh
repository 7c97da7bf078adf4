#!/usr/bin/env bash
# On the night on which clocks are set back, `30 1 * * *` runs twice by croniter and once by cronsim. (A fixed interval of
# 86,400 seconds does neither: it runs an hour earlier by the clock from then on.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check croniter==7.0.0 cronsim==2.8 tzdata==2026.1
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from croniter import croniter
from cronsim import CronSim

start = datetime(2026, 10, 31, 12, tzinfo=ZoneInfo("America/Chicago"))
one, other = croniter("30 1 * * *", start), CronSim("30 1 * * *", start)
first = [one.get_next(datetime).isoformat() for _ in range(2)]
second = [next(other).isoformat() for _ in range(2)]
print(f"croniter {version('croniter')}: {first}; cronsim {version('cronsim')}: {second}")
assert first == ["2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-06:00"]
assert second == ["2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-06:00"]
PY
