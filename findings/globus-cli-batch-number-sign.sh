#!/usr/bin/env bash
# A number sign inside a word of a batch file ends the line: paths are split with the comment sign of Python's shlex, which,
# unlike a shell, looks for it within words as well. The item is sent with the path cut, without a word.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-cli==3.44.0
cd "$folder"
venv/bin/python - <<'PY'
import io
from importlib.metadata import version

import click
from globus_cli.utils import shlex_process_stream

seen = []
command = click.Command("line", params=[click.Argument(["places"], nargs=-1)], callback=lambda places: seen.append(places))
shlex_process_stream(command, io.StringIO("/in/A1 /out/scan#1/x.dcm\n"), "--batch")
print(f"globus-cli {version('globus-cli')}: '/in/A1 /out/scan#1/x.dcm' is {seen}")
assert seen == [("/in/A1", "/out/scan")]
PY
