#!/usr/bin/env bash
# The keyring for machines without one keeps one password for `Lab` and `lab`: what was kept for the one is gone as soon as the
# other's is, and both are given that. keyring's tracker has known since 2014 (135); the documentation does not say.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check keyring==25.7.0 keyrings.alt==5.0.2
cd "$folder"
XDG_DATA_HOME=$folder venv/bin/python - <<'PY'
from importlib.metadata import version

from keyrings.alt.file import PlaintextKeyring

ring = PlaintextKeyring()
ring.set_password("transfers", "Lab", "of Lab")
ring.set_password("transfers", "lab", "of lab")
users = ring.get_password("transfers", "Lab"), ring.get_password("transfers", "lab")
ring.set_password("Transfers", "lab", "of another service")
services = ring.get_password("transfers", "lab"), ring.get_password("Transfers", "lab")
print(f"keyrings.alt {version('keyrings.alt')}: passwords of users Lab and lab {users}, of two such services {services}")
assert users == ("of lab", "of lab")
assert services == ("of lab", "of another service")
PY
