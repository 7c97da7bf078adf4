#!/usr/bin/env bash
# A crontab line on another day of the week: `from_crontab` takes “a standard crontab expression”, but counts weekdays from
# Monday as 0, as the class does (a note there says so, none at this method). `0 2 * * 1-5` leaves Monday out and runs on
# Saturday. Names are safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check apscheduler==3.11.3 croniter==7.0.0 cronsim==2.8
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

START = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)


def apscheduler(line):
    trigger, now, days = CronTrigger.from_crontab(line, timezone=timezone.utc), START, []
    for _ in range(5):
        now = trigger.get_next_fire_time(None, now + timedelta(seconds=1))
        days.append(now.strftime("%a"))
    return days


line = "0 2 * * 1-5"
one, other = croniter(line, START), CronSim(line, START)
first = [one.get_next(datetime).strftime("%a") for _ in range(5)]
second = [next(other).strftime("%a") for _ in range(5)]
third, named = apscheduler(line), apscheduler("0 2 * * mon-fri")
print(f"{line!r}: apscheduler {version('apscheduler')} {third}, croniter {version('croniter')} and cronsim {version('cronsim')} {first}")
assert first == second == named == ["Mon", "Tue", "Wed", "Thu", "Fri"]
assert third == ["Tue", "Wed", "Thu", "Fri", "Sat"]
PY
