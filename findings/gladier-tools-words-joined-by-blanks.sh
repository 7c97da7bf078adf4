#!/usr/bin/env bash
# A command given as a list of words is joined by blanks and handed to a shell, so that a path with a blank is two words: in
# Gladier's shell_cmd a list is not what it is for subprocess, and its documentation says no more than “a list of strings”. As
# one text a quoted path comes through, but of two blanks in it one is left.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check gladier==0.11.0 gladier-tools==0.5.4 globus-sdk==4.10.0 \
  globus-compute-sdk==4.19.0
cd "$folder"
HOME=$folder venv/bin/python - <<'PY'
import subprocess
from importlib.metadata import version

from gladier_tools.posix.shell_cmd import shell_cmd

words = ["printf", "[%s]", "run 7/raw.h5"]
_, listed, _ = shell_cmd(words, capture_output=True)
_, quoted, _ = shell_cmd("printf '[%s]' 'run  7'", capture_output=True)
usual = subprocess.run(words, capture_output=True, text=True).stdout
print(f"gladier-tools {version('gladier-tools')}: {words} sees {listed}, by subprocess {usual}; 'run  7' in one text is {quoted}")
assert (listed, usual) == ("[run][7/raw.h5]", "[run 7/raw.h5]")
assert quoted == "[run 7]"
PY
