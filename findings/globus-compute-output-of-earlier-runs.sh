#!/usr/bin/env bash
# Globus Compute: the result of a ShellFunction that keeps its output in a file has the output of all earlier runs in it, and
# their errors. The file is added to, and the “snippet of stdout” is its end; without a file each result is its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-compute-sdk==4.19.0
cd "$folder"
HOME=$folder GC_TASK_SANDBOX_DIR=$folder/work venv/bin/python - <<'PY'
from importlib.metadata import version

from globus_compute_sdk import ShellFunction

COMMAND = "echo copied {files} files; test {files} -gt 0 || echo nothing to copy >&2"


def runs(function):
    # What an endpoint does with it: it is called there.
    results = [function(files=files) for files in (0, 3)]
    return [(one.stdout.splitlines(), one.stderr.splitlines()) for one in results]


kept = runs(ShellFunction(COMMAND, stdout="out.txt", stderr="err.txt"))
loose = runs(ShellFunction(COMMAND))
print(f"globus-compute-sdk {version('globus-compute-sdk')}: second run of two: with files {kept[1]}, without {loose[1]}")
assert kept[0] == loose[0] == (["copied 0 files"], ["nothing to copy"])
assert loose[1] == (["copied 3 files"], [])
assert kept[1] == (["copied 0 files", "copied 3 files"], ["nothing to copy"])
PY
