#!/usr/bin/env bash
# Who becomes which local user? Of the two methods that say so, `map_identities` leaves out each identity whose status is not
# `used` or `private`, the example of the README among them, and `map_identity` does not look at it. Neither says a word of it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-identity-mapping==0.6.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from globus_identity_mapping import ExpressionIdentityMapping

ID = "00000000-0000-4000-8000-000000000001"
MAPPING = {
    "DATA_TYPE": "expression_identity_mapping#1.0.0",
    "mappings": [{"source": "{email}", "match": "(.*)@beamline\\.example", "output": "{0}"}],
}

mapper = ExpressionIdentityMapping.from_mapping_document(MAPPING)
found = {}
for status in (None, "unused", "used", "private"):
    identity = {"id": ID, "email": "kim@beamline.example"} | ({"status": status} if status else {})
    found[status] = mapper.map_identity(identity), mapper.map_identities([identity])[0].get(ID)
print(f"globus-identity-mapping {version('globus-identity-mapping')}: by status, (map_identity, map_identities): {found}")
assert found == {None: ("kim", None), "unused": ("kim", None), "used": ("kim", ["kim"]), "private": ("kim", ["kim"])}
PY
