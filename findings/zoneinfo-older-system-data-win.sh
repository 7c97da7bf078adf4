#!/usr/bin/env bash
# Python reads a zone from the first folder of its path that has it: newer rules in an installed tzdata package stay unused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check tzdata==2026.6
"$folder/venv/bin/pip" install -qq --disable-pip-version-check --target "$folder/old" tzdata==2025.2
cd "$folder"
cat > asked.py <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

import tzdata

names = ("America/Vancouver", "America/Edmonton", "America/Winnipeg", "Africa/Casablanca")
print(tzdata.IANA_VERSION, *(datetime(2026, 12, 1, 12, tzinfo=ZoneInfo(name)).strftime("%z") for name in names))
PY
with_machine=$(PYTHONTZPATH="$folder/old/tzdata/zoneinfo" venv/bin/python asked.py)
with_package=$(PYTHONTZPATH= venv/bin/python asked.py)
echo "zoneinfo, tzdata 2026.6 installed, offsets of Vancouver, Edmonton, Winnipeg, Casablanca on 2026-12-01:" \
  "with a machine of 2025b $with_machine, with the package alone $with_package"
[ "$with_machine" != "$with_package" ] && [ "${with_machine%% *}" = "${with_package%% *}" ]
