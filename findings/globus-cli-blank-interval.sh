#!/usr/bin/env bash
# The official CLI reads an interval of blanks as 0 seconds instead of refusing it: every part of the pattern may be absent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-cli==3.44.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from globus_cli.parsing.param_types.timedelta import TimedeltaType

found = [TimedeltaType().convert(text, None, None) for text in ("1h", " ", "")]
print(f"globus-cli {version('globus-cli')}: 1h, one blank and nothing are {found} seconds")
assert found == [3600, 0, 0]
PY
