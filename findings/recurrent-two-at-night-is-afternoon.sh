#!/usr/bin/env bash
# “every day at 02:00” is a rule for two in the afternoon: recurrent adds twelve hours to each hour from 1 to 7, written as on a
# clock of 24 hours or not, though 00:30 and 08:00 stay. The `use24` that its README shows does not change that; `2am` does,
# and preferred_time_range, which the README does not name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check recurrent==0.4.1 python-dateutil==2.9.0.post0 parsedatetime==2.6
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version

from dateutil.rrule import rrulestr
from parsedatetime import Constants
from recurrent.event_parser import RecurringEvent

NOW = datetime(2026, 11, 30, 15)


def first(words, **how):
    rule = RecurringEvent(now_date=NOW, **how).parse(words)
    return f"{rrulestr(rule, dtstart=datetime(2026, 12, 1))[0]:%H:%M}"


clock = Constants(localeID="en_US", usePyICU=False)
clock.use24 = True
hours = ("00:30", "01:00", "02:00", "07:59", "08:00", "14:00", "2am")
found = {hour: first(f"every day at {hour}") for hour in hours}
with_clock = first("every day at 02:00", parse_constants=clock)
in_range = first("every day at 02:00", preferred_time_range=(0, 12))
print(
    f"recurrent {version('recurrent')}: every day at … is {found}; 02:00 with use24 {with_clock}, with preferred_time_range "
    f"(0, 12) {in_range}"
)
assert found == {
    "00:30": "00:30", "01:00": "13:00", "02:00": "14:00", "07:59": "19:59", "08:00": "08:00", "14:00": "14:00", "2am": "02:00"
}
assert (with_clock, in_range) == ("14:00", "02:00")
PY
