#!/usr/bin/env bash
# What runs more often than daily? The CLI's option `--jq` is JMESPath, for which nothing is smaller than a number unless both
# are numbers; for jq null is smaller than every number, so that timers that run once, without an interval, are counted in.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-cli==3.44.0 jq==1.13.0
cd "$folder"
venv/bin/python - <<'PY'
import json
from importlib.metadata import version

import jq
from click.testing import CliRunner
from globus_cli.parsing import command
from globus_cli.termio import display

TIMERS = [{"name": "hourly", "interval": 3600}, {"name": "weekly", "interval": 604800}, {"name": "once", "interval": None}]


@command("list")
def timers():
    display(TIMERS)


def cli(expression):
    return json.loads(CliRunner().invoke(timers, ["--jq", expression]).output)


first, second = cli("[?interval < `86400`].name"), jq.compile("map(select(.interval < 86400).name)").input_value(TIMERS).first()
lengths = cli("length"), jq.compile("length").input_value(TIMERS).first()
print(
    f"interval < 86400: globus-cli {version('globus-cli')} --jq {first}, jq {version('jq')} {second}; "
    f"`length` of three timers: --jq {lengths[0]}, jq {lengths[1]}"
)
assert (first, second, lengths) == (["hourly"], ["hourly", "once"], (None, 3))
PY
