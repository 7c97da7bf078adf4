#!/usr/bin/env bash
# Two transfers, one after the other: Gladier's `next` names a step after its class, keeps the first of a name and points it at
# itself. The flow copies from A to B without end, and never from B to C. Nothing is said; a `state_name` for each is the cure.
# (The older way, a list of tools, refuses names that come twice.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check gladier==0.11.0 globus-sdk==4.10.0 \
  globus-compute-sdk==4.19.0
cd "$folder"
HOME=$folder venv/bin/python - <<'PY'
from importlib.metadata import version

from gladier.tools.globus import Transfer


def steps(*names):
    there = Transfer(source_endpoint_id="A", destination_endpoint_id="B", state_name=names[0])
    there.next(Transfer(source_endpoint_id="B", destination_endpoint_id="C", state_name=names[1]))
    return {
        name: (f"{step['Parameters']['source_endpoint_id']} to {step['Parameters']['destination_endpoint_id']}", step.get("Next"))
        for name, step in there.get_flow_definition()["States"].items()
    }


plain, named = steps(None, None), steps("There", "Onward")
print(f"gladier {version('gladier')}: two transfers are {plain} (what, next), with names {named}")
assert plain == {"Transfer": ("A to B", "Transfer")}
assert named == {"There": ("A to B", "Onward"), "Onward": ("B to C", None)}
PY
