#!/usr/bin/env bash
# How late is it? Python writes an hour before as `-1 day, 23:00:00`. tempora, which refuses every word that it does not know, drops
# the sign wherever it stands: that is 47 hours, `-90 minutes` are ninety, and `1 hour, -30 minutes` an hour and a half.
# pytimeparse2 keeps the sign, for all that follows: 47 hours before. Neither reads what Python writes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pytimeparse2==1.7.1 tempora==5.13.0
cd "$folder"
venv/bin/python - <<'PY'
from datetime import timedelta
from importlib.metadata import version

import pytimeparse2
from tempora import parse_timedelta

written = str(timedelta(hours=-1))
texts = (written, "-90 minutes", "1 hour, -30 minutes")
minutes = {text: round(parse_timedelta(text) / timedelta(minutes=1)) for text in texts}
try:
    unknown = parse_timedelta("90 minutes before")
except ValueError as refused:
    unknown = str(refused)
other = pytimeparse2.parse(written) // 60
print(
    f"tempora {version('tempora')}: {minutes} minutes, a word it does not know: {unknown!r}; "
    f"pytimeparse2 {version('pytimeparse2')}: {written!r} is {other} minutes"
)
assert minutes == {"-1 day, 23:00:00": 2820, "-90 minutes": 90, "1 hour, -30 minutes": 90}
assert "before" in unknown and other == -2820
PY
