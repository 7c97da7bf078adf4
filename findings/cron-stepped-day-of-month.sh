#!/usr/bin/env bash
# Two cron libraries read one valid line in two ways. In `0 0 */2 * 1` both day fields are restricted; Debian's cron joins
# them with AND when one begins with a star, `*/2` included, and with OR otherwise. cronsim does the same, croniter takes OR.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check croniter==7.0.0 cronsim==2.8
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version

from croniter import croniter
from cronsim import CronSim

line, start = "0 0 */2 * 1", datetime(2026, 11, 1)
one, other = croniter(line, start), CronSim(line, start)
first = [one.get_next(datetime).strftime("%a %d") for _ in range(4)]
second = [next(other).strftime("%a %d") for _ in range(4)]
print(f"croniter {version('croniter')}: {first}; cronsim {version('cronsim')}: {second}, for {line!r}")
assert first == ["Mon 02", "Tue 03", "Thu 05", "Sat 07"]
assert second == ["Mon 09", "Mon 23", "Mon 07", "Mon 21"]
PY
