#!/usr/bin/env bash
# `2D` is twenty years: for timelength a capital D is a decade, though it takes `2 DAYS`, `2H` and `2W` as it takes them in small
# letters. It reports success and nothing that it did not understand. Four other libraries read two days.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check timelength==3.0.4 pytimeparse==1.1.8 pytimeparse2==1.7.1 \
  humanfriendly==10.0 pandas==2.3.3
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import humanfriendly
import pandas
import pytimeparse
import pytimeparse2
from timelength import TimeLength

read = {text: TimeLength(text).result for text in ("2D", "2d", "2 DAYS", "2H", "2W")}
found = {text: result.seconds for text, result in read.items()}
others = {
    pytimeparse.parse("2D"), pytimeparse2.parse("2D"), humanfriendly.parse_timespan("2D"), pandas.Timedelta("2D").total_seconds()
}
print(f"timelength {version('timelength')}: {found} seconds; 2D by four others: {others}")
assert all(one.success and not one.invalid for one in read.values())
assert found == {"2D": 630720000.0, "2d": 172800.0, "2 DAYS": 172800.0, "2H": 7200.0, "2W": 1209600.0}
assert others == {172800.0}
PY
