#!/usr/bin/env bash
# A scope that is written and read again equals itself in one process and not in the next: reading puts dependencies into a set
# of texts, whose order Python chooses anew at each start, and `==` of scopes minds the order. So does the text that goes into
# a URL, and which of several scopes comes first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-sdk==4.10.0
cd "$folder"
cat > once.py <<'PY'
import json

from globus_sdk.scopes import Scope, ScopeParser, TransferScopes

whole = TransferScopes.all.with_dependencies([Scope(name) for name in ("raw", "scratch", "archive")])
read = Scope.parse(str(whole))
first = ScopeParser.parse("raw scratch archive")[0]
print(json.dumps([read == whole, str(read).partition("[")[2].rstrip("]"), str(first)]))
PY
venv/bin/python - <<'PY'
import json
import os
import subprocess
import sys
from importlib.metadata import version

seen = [
    json.loads(subprocess.check_output([sys.executable, "once.py"], env=os.environ | {"PYTHONHASHSEED": str(seed)}))
    for seed in range(1, 13)
]
equal, texts, first = (set(map(str, column)) for column in zip(*seen))
print(
    f"globus-sdk {version('globus-sdk')}: in {len(seen)} processes the same scope, written and read, equals itself: "
    f"{sorted(equal)}; is written as {sorted(texts)}; the first of three is {sorted(first)}"
)
assert equal == {"True", "False"} and len(texts) > 1 and len(first) > 1
PY
