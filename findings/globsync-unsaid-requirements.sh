#!/usr/bin/env bash
# A wheel says Python 3.8 and globus-sdk 3.46 or later; its code has syntax of Python 3.12 and a name that SDK 4 removed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-sdk==4.10.0
"$folder/venv/bin/pip" install -qq --disable-pip-version-check --no-deps globsync==0.1.0
cd "$folder"
venv/bin/python - <<'PY'
import re
from importlib.metadata import files, metadata, requires, version

import globus_sdk.scopes

code = {str(one): one.read_text() for one in files("globsync") if one.suffix == ".py"}
generics = [name for name, text in code.items() if re.search(r"^def \w+\[T\b", text, re.M)]
gone = [name for name, text in code.items() if "import Scope, SpecificFlowScopeBuilder" in text]
unsaid = "import click" in "".join(code.values()) and not any(one.startswith("click") for one in requires("globsync"))
print(
    f"globsync {version('globsync')}: says Python {metadata('globsync')['Requires-Python']}, generics of 3.12 in {generics};"
    f" imports click without requiring it: {unsaid}; SDK {version('globus-sdk')} has no SpecificFlowScopeBuilder for {gone}"
)
assert generics and gone and unsaid and not hasattr(globus_sdk.scopes, "SpecificFlowScopeBuilder")
PY
