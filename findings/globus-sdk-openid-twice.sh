#!/usr/bin/env bash
# An app that is given the scope `openid` holds it twice: its own default is added beside the one that was asked for.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-sdk==4.10.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import globus_sdk

app = globus_sdk.UserApp(
    "look", client_id="00000000-0000-4000-8000-000000000001", scope_requirements={"auth.globus.org": ["openid", "email"]}
)
found = [str(one) for one in app.scope_requirements["auth.globus.org"]]
print(f"globus-sdk {version('globus-sdk')}: asked for openid and email, requires {found}")
assert sorted(found).count("openid") == 2
PY
