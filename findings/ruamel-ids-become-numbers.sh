#!/usr/bin/env bash
# An id of digits with an e in it is a number in YAML 1.2, too: a short hexadecimal id is text or not by its luck.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ruamel.yaml==0.19.1
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from ruamel.yaml import YAML

found = YAML(typ="safe").load("[12e03, 12f03, 0777]")
print(f"ruamel.yaml {version('ruamel.yaml')}: [12e03, 12f03, 0777] is {found}")
assert found == [12000.0, "12f03", 777]
PY
