#!/usr/bin/env bash
# A list in a TOML file is put in order, is in order, and is written as it was: tomlkit keeps a list twice, as values and as text, and
# `sort` reaches the first alone. `reverse`, `append` and `remove` reach both, and so does assigning a sorted list.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check tomlkit==0.15.2
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version

import tomlkit


def after(change):
    document = tomlkit.parse("hours = [3, 1, 2]")
    change(document)
    return [*document["hours"]], document.as_string().partition(" = ")[2].strip()


changes = {
    "sort": lambda document: document["hours"].sort(),
    "reverse": lambda document: document["hours"].reverse(),
    "remove": lambda document: document["hours"].remove(1),
    "assigned": lambda document: document.update(hours=sorted(document["hours"])),
}
seen = {name: after(change) for name, change in changes.items()}
print(f"tomlkit {version('tomlkit')}: [3, 1, 2], in memory and in the file, after {seen}")
assert seen["sort"] == ([1, 2, 3], "[3, 1, 2]")
assert all(str(values) == text for name, (values, text) in seen.items() if name != "sort")
PY
