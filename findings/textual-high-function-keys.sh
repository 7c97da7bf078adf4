#!/usr/bin/env bash
# F13 to F20 of the Linux console stand in Textual's table of keys, but become the characters of their numbers before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check textual==8.2.8
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

sent = {f"\x1b[{number}~": name for number, name in ((24, "f12"), (32, "f18"), (33, "f19"), (34, "f20"))}
table = [ANSI_SEQUENCES_KEYS[one][0].value for one in sent]
found = [event.key for one in sent for event in XTermParser().feed(one)]
print(f"textual {version('textual')}: keys sent {list(sent.values())}, in its table {table}, read as {found}")
assert table == list(sent.values())
assert found == ["f12", "space", "exclamation_mark", "quotation_mark"]
PY
