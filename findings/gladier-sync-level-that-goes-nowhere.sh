#!/usr/bin/env bash
# Gladier's Transfer tool brings the input `transfer_sync_level`, set to `checksum`, and no step of its flow reads it: whatever
# is set, Transfer is asked for no sync level, and copies every file at every run.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check gladier==0.11.0 gladier-tools==0.5.4 globus-sdk==4.10.0 \
  globus-compute-sdk==4.19.0
cd "$folder"
HOME=$folder venv/bin/python - <<'PY'
import json
import re
from importlib.metadata import version

from gladier import GladierBaseClient, generate_flow_definition
from gladier_tools.globus import Transfer


@generate_flow_definition
class Nightly(GladierBaseClient):
    gladier_tools = ["gladier_tools.globus.Transfer"]


flow = json.dumps(Nightly().get_flow_definition())
read = set(re.findall(r"\$\.input\.(\w+)", flow))
brought = set(Transfer.flow_input)
print(
    f"gladier-tools {version('gladier-tools')}, gladier {version('gladier')}: the tool brings {Transfer.flow_input}, "
    f"its flow reads {sorted(read)}"
)
assert read == set(Transfer.required_input)
assert brought == {"transfer_sync_level"} and not brought & read and "sync_level" not in flow
PY
