#!/usr/bin/env bash
# A step within a span of one number, `5-5/2`, is minute 5 for Debian's cron, whose loop goes from 5 to 5 by twos. Of three
# libraries none says so: cronsim takes every second minute from 5 on, croniter every second minute from 0 on, and
# APScheduler refuses the line.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check apscheduler==3.11.0 croniter==7.0.0 cronsim==2.8
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

line, start = "5-5/2 * * * *", datetime(2027, 1, 1, 9, 30)
one, other = CronSim(line, start), croniter(line, start)
first = [next(one).minute for _ in range(4)]
second = [other.get_next(datetime).minute for _ in range(4)]
try:
    third = str(CronTrigger.from_crontab(line))
except ValueError as refused:
    third = f"refused: {refused}"
print(
    f"cronsim {version('cronsim')}: minutes {first}; croniter {version('croniter')}: minutes {second}; "
    f"apscheduler {version('apscheduler')}: {third}; for {line!r}"
)
assert first == [31, 33, 35, 37]
assert second == [32, 34, 36, 38]
assert third.startswith("refused")
PY
