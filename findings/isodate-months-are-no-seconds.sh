#!/usr/bin/env bash
# `total_seconds()` of an ISO 8601 duration with months counts only the rest: a month has no seconds, and nothing says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check isodate==0.7.2
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import isodate

found = {text: isodate.parse_duration(text).total_seconds() for text in ("P1M", "P1M2D", "P2D")}
print(f"isodate {version('isodate')}: {found}")
assert found == {"P1M": 0.0, "P1M2D": 172800.0, "P2D": 172800.0}
PY
