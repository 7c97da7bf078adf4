#!/usr/bin/env bash
# “Until the end of 4 November in New York” is written by icalendar as the hour of that clock without a zone; RFC 5545 asks for UTC
# where the start has a zone. recurring-ical-events, its companion, takes the digits as UTC: the last evening is lost, and in
# Tokyo there is a night too many. python-dateutil refuses the rule. A moment that is in UTC already comes through.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 \
  python-dateutil==2.9.0.post0 tzdata==2026.1
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event
from recurring_ical_events import of


def runs(hour, zone, in_utc=False):
    zone = ZoneInfo(zone)
    event = Event.new(uid="nightly", start=datetime(2026, 11, 2, hour, tzinfo=zone))
    until = datetime(2026, 11, 4, 23, 59, tzinfo=zone)
    event.add("rrule", {"freq": "daily", "until": until.astimezone(timezone.utc) if in_utc else until})
    calendar = Calendar.new()
    calendar.add_component(event)
    found = of(Calendar.from_ical(calendar.to_ical())).between(datetime(2026, 11, 1), datetime(2026, 11, 10))
    return event["rrule"].to_ical().decode(), event.start, sorted(run.start.day for run in found)


rule, start, lost = runs(22, "America/New_York")
same, _, more = runs(2, "Asia/Tokyo")
right = [runs(22, "America/New_York", in_utc=True)[2], runs(2, "Asia/Tokyo", in_utc=True)[2]]
try:
    refusal = None
    rrulestr(rule, dtstart=start)
except ValueError as error:
    refusal = str(error)
print(
    f"icalendar {version('icalendar')}: until the end of 4 November is {rule} in New York and in Tokyo; recurring-ical-events "
    f"{version('recurring-ical-events')} finds runs on {lost} and {more}, and given UTC on {right}; python-dateutil: {refusal}"
)
assert rule == same == "FREQ=DAILY;UNTIL=20261104T235900"
assert lost == [2, 3] and more == [2, 3, 4, 5]
assert right == [[2, 3, 4], [2, 3, 4]]
assert refusal and "UTC" in refusal
PY
