#!/usr/bin/env bash
# Mondays at ten in New York, as lines for a crontab in UTC: in the month in which clocks change, local-crontab names days of the
# month beside the weekday, and cron runs a line that has both on either. All of that March has a run, Mondays two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check local-crontab==0.3.0 cron-converter==2.0.2 \
  python-dateutil==2.9.0.post0 cronsim==2.8 croniter==7.0.0 tzdata==2026.1
cd "$folder"
venv/bin/python - <<'PY'
from collections import Counter
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

from croniter import croniter
from cronsim import CronSim
from local_crontab import Converter

LINE, ZONE = "0 10 * * 1", "America/New_York"
START, END = datetime(2026, 3, 1, tzinfo=timezone.utc), datetime(2026, 4, 1, tzinfo=timezone.utc)


def cronsim(line):
    moments = CronSim(line, START - timedelta(minutes=1))
    return iter(lambda: min(next(moments), END), END)


def others(line):
    moments = croniter(line, START - timedelta(minutes=1))
    return iter(lambda: min(moments.get_next(datetime), END), END)


lines = Converter(LINE, ZONE, 2026).to_utc_crons()
runs = sorted(moment for line in lines for moment in cronsim(line))
assert runs == sorted(moment for line in lines for moment in others(line))
by_day = Counter(moment.astimezone(ZoneInfo(ZONE)).strftime("%a %d") for moment in runs)
mondays = {day: count for day, count in by_day.items() if day.startswith("Mon")}
print(
    f"local-crontab {version('local-crontab')}: {LINE!r} of {ZONE} is {lines}; in March 2026 that runs {len(runs)} times "
    f"on {len(by_day)} days, on Mondays {mondays}"
)
assert lines[1:3] == ["0 15 1-7 3 1", "0 14 8-31 3 1"]
assert len(by_day) == 31 and len(runs) == 36
assert set(mondays.values()) == {2}
PY
