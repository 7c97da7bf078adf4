#!/usr/bin/env bash
# A stand-in for Globus Auth takes the resource server out of the scope's URL; the SDK looks for Flows under its name.
set -euo pipefail
folder=$(mktemp -d)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check fauxbus==0.4.0 globus-sdk==4.10.0
cd "$folder"
echo '{"clients": {"0b9c5a44-6d0e-4a52-9f3d-3b1f6d1c7e21": {"secret": "pretend"}}}' > seed.json
venv/bin/fauxbus serve --port 0 --seed seed.json 2> said &
serving=$!
trap 'kill $serving; rm -rf "$folder"' EXIT
until grep -q http said; do sleep 0.1; done
export GLOBUS_SDK_SERVICE_URL_AUTH
GLOBUS_SDK_SERVICE_URL_AUTH=$(grep -o 'http://127[0-9.:]*' said | head -1)/
venv/bin/python - <<'PY'
from importlib.metadata import version

import globus_sdk

account = globus_sdk.ConfidentialAppAuthClient("0b9c5a44-6d0e-4a52-9f3d-3b1f6d1c7e21", "pretend")
given = account.oauth2_client_credentials_tokens(globus_sdk.FlowsClient.scopes.all).by_resource_server
wanted = globus_sdk.FlowsClient.resource_server
print(f"fauxbus {version('fauxbus')}: a token for Flows is filed under {[*given]}, SDK {version('globus-sdk')} wants {wanted}")
assert wanted == "flows.globus.org" and wanted not in given
PY
