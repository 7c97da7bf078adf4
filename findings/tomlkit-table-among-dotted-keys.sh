#!/usr/bin/env bash
# A setting moves to where nobody looks for it: to a table written as dotted keys (`retry.most = 5`, `retry.pause = 2`) tomlkit adds a
# table behind the first of them, and the others, which follow its header, belong to it when the file is read again. Inside
# a section the new table leaves it as well. What tomlkit itself has in memory is right; an inline table is safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check tomlkit==0.15.2
cd "$folder"
printf 'retry.most = 5\nretry.pause = 2\n' > top.toml
printf '[profile]\nretry.most = 5\nretry.pause = 2\n' > section.toml
venv/bin/python - <<'PY'
import tomllib
from importlib.metadata import version
from pathlib import Path

import tomlkit


def with_proxy(name, proxy):
    document = tomlkit.parse(Path(name).read_text())
    document.get("profile", document)["retry"]["proxy"] = proxy
    return document.unwrap(), tomllib.loads(document.as_string())


table = {"port": 3128}
meant, top = with_proxy("top.toml", table)
_, section = with_proxy("section.toml", table)
inline = tomlkit.inline_table()
inline.update(table)
same = with_proxy("section.toml", inline)
print(f"tomlkit {version('tomlkit')}: {meant} is read again as {top}; in a section as {section}")
assert meant == {"retry": {"most": 5, "pause": 2, "proxy": {"port": 3128}}}
assert top == {"retry": {"most": 5, "proxy": {"port": 3128, "retry": {"pause": 2}}}}
assert section == {"profile": {"retry": {"most": 5}}, "retry": {"proxy": {"port": 3128, "retry": {"pause": 2}}}}
assert same[0] == same[1] == {"profile": meant}
PY
