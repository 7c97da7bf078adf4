#!/usr/bin/env bash
# `--stop-after-date` with a date ends at the start of that day by the local clock: the run of the day itself is left out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-cli==3.44.0
cd "$folder"
venv/bin/python - <<'PY'
import os
import time
from datetime import datetime
from importlib.metadata import version

os.environ["TZ"] = "America/Chicago"
time.tzset()
from globus_cli.commands.timer.create._common import _create_schedule

made = _create_schedule(datetime(2026, 11, 1, 2), 86400, datetime(2026, 12, 31), None)
end = dict(dict(made)["end"])["datetime"]
print(f"globus-cli {version('globus-cli')}: --stop-after-date 2026-12-31 sends {end}")
assert str(end).replace("T", " ").startswith("2026-12-31 00:00:00-06:00")
PY
