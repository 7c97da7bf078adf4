#!/usr/bin/env bash
# A moment with an offset, read by jq: `strptime` with %z takes the offset, and `mktime` reckons as if it were not there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check jq==1.8.0
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version

import jq

READ = jq.compile('strptime("%Y-%m-%dT%H:%M:%S%z") | mktime')
MOMENTS = ("2026-12-01T10:00:00+00:00", "2026-12-01T10:00:00+01:00", "2026-12-01T10:00:00-06:00")

seconds = [READ.input_value(text).first() for text in MOMENTS]
right = [int(datetime.fromisoformat(text).timestamp()) for text in MOMENTS]
print(f"jq {version('jq')}: {', '.join(MOMENTS)} are {seconds[0]}, {seconds[1]}, {seconds[2]}; they are {right}")
assert seconds == [right[0]] * 3
assert len(set(right)) == 3
PY
