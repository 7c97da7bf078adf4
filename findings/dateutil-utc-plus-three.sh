#!/usr/bin/env bash
# `UTC+3` has two signs in one library: python-dateutil reads it as three hours west of Greenwich behind a time, as POSIX has it,
# and as three hours east of it as the name of a zone. dateparser takes east in both cases.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check dateparser==1.5.0 python-dateutil==2.9.0.post0
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version

import dateparser
from dateutil import parser, tz

moment, zone = "2026-12-01 10:00", "UTC+3"
parsed = parser.parse(f"{moment} {zone}").isoformat()
named = datetime.fromisoformat(moment).replace(tzinfo=tz.gettz(zone)).isoformat()
other = dateparser.parse(f"{moment} {zone}").isoformat()
print(
    f"{moment} {zone}: python-dateutil {version('python-dateutil')} {parsed}, the same with its zone {zone} {named}; "
    f"dateparser {version('dateparser')} {other}"
)
assert parsed == "2026-12-01T10:00:00-03:00"
assert named == other == "2026-12-01T10:00:00+03:00"
PY
