#!/usr/bin/env bash
# A measurement that is not a number lies in every range, so a check that knows nothing of its value is OK.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check nagiosplugin==1.4.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import nagiosplugin

ranges = ("10", "0:10", "5:6")
found = [nagiosplugin.Range(one).match(float("nan")) for one in ranges]
print(f"nagiosplugin {version('nagiosplugin')}: NaN in {ranges}: {found}")
assert found == [True, True, True]
PY
