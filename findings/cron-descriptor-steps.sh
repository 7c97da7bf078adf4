#!/usr/bin/env bash
# The description of a step that does not divide the hour or the day names an interval that never holds: cron begins anew
# with each hour and day, so `*/50` runs at :00 and :50, ten minutes apart every other time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check cron-descriptor==2.2.1
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from cron_descriptor import get_description

said = [get_description(line) for line in ("*/50 * * * *", "0 */7 * * *")]
print(f"cron-descriptor {version('cron-descriptor')}: {said}")
assert said == ["Every 50 minutes", "Every 7 hours"]
PY
