#!/usr/bin/env bash
# A moment as services write it, read by parsedatetime: 2026 is 20:26 today, and the rest is dropped; it says that it understood
# a time. With a blank for the T the day is right; an eastern offset is dropped, and a western one becomes the hour.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check parsedatetime==2.6
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version

from parsedatetime import VERSION_CONTEXT_STYLE, Calendar

NOW = datetime(2026, 11, 30, 12)
found = {}
for text in ("2026-12-24T10:00:00+00:00", "2026-12-24T10:00:00Z", "2026-12-24 10:00:00+01:00", "2026-12-24 10:00:00-06:00"):
    moment, context = Calendar(version=VERSION_CONTEXT_STYLE).parseDT(text, sourceTime=NOW)
    found[text] = moment.isoformat(), context.hasDate, context.hasTime
print(f"parsedatetime {version('parsedatetime')}: read at {NOW.isoformat()}, (moment, has a date, has a time): {found}")
first, second, third, fourth = found.values()
assert first == second == ("2026-11-30T20:26:00", False, True)
assert third == ("2026-12-24T10:00:00", True, True)
assert fourth == ("2026-12-24T06:00:00", True, True)
PY
