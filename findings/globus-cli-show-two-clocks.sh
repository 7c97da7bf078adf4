#!/usr/bin/env bash
# `globus timer show` has two clocks on one page: start, last and next run by the machine's clock, without a zone, and the end
# as the service sent it, in UTC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-cli==3.44.0
cd "$folder"
venv/bin/python - <<'PY'
import os
import time
from importlib.metadata import version

os.environ["TZ"] = "America/Chicago"
time.tzset()
from click.testing import CliRunner
from globus_cli.commands.timer._common import TIMER_FORMAT_FIELDS
from globus_cli.parsing import command
from globus_cli.termio import display

MOMENT = "2027-01-01T03:00:00+00:00"
TIMER = {
    "callback_url": "https://transfer.actions.globus.org/transfer/run", "interval": 86400, "status": "loaded",
    "next_run": MOMENT, "stop_after": {"date": MOMENT}, "activity": {"code": "awaiting_next_run"},
}


@command("show")
def show():
    display(TIMER, text_mode=display.RECORD, fields=TIMER_FORMAT_FIELDS)


said = CliRunner().invoke(show).output.splitlines()
found = {line.partition(":")[0]: line.partition(":")[2].strip() for line in said}
print(f"globus-cli {version('globus-cli')}: one moment is {found['Next Run']!r} as Next Run, {found['Stop After Date']!r} as end")
assert (found["Next Run"], found["Stop After Date"]) == ("2026-12-31 21:00:00", MOMENT)
PY
