#!/usr/bin/env bash
# One TransferData as the pattern for several timers: a TransferTimer takes half a copy of it. Its label stays what it was; an
# item that is added for the next timer is in the one before as well, which then moves what it was not meant to; and a later
# filter rule is in it only if there was one before. The documentation says that two parameters are removed, no more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-sdk==4.10.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from globus_sdk import OnceTimerSchedule, TransferData, TransferTimer

THERE, HERE = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"


def first_of_two(*rules):
    pattern = TransferData(THERE, HERE, label="raw")
    pattern.add_item("/raw/", "/archive/raw/")
    for rule in rules:
        pattern.add_filter_rule(rule)
    first = TransferTimer(name="raw", schedule=OnceTimerSchedule(), body=pattern)["body"]
    pattern["label"] = "scratch"
    pattern.add_item("/scratch/", "/archive/scratch/")
    pattern.add_filter_rule("*.h5")
    TransferTimer(name="scratch", schedule=OnceTimerSchedule(), body=pattern)
    excluded = [rule["name"] for rule in first.get("filter_rules", [])]
    return first["label"], [item["source_path"] for item in first["DATA"]], excluded


plain, ruled = first_of_two(), first_of_two("*.tmp")
print(
    f"globus-sdk {version('globus-sdk')}: the timer for /raw/, after one for /scratch/ without *.h5 was made of the same "
    f"TransferData (label, paths, excluded): {plain}; with a rule of its own: {ruled}"
)
assert plain == ("raw", ["/raw/", "/scratch/"], [])
assert ruled == ("raw", ["/raw/", "/scratch/"], ["*.tmp", "*.h5"])
PY
