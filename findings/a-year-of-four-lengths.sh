#!/usr/bin/env bash
# “1 year”, read by four libraries: 364 days for humanfriendly (52 weeks, so that it prints 365 days as “1 year and 1 day”), 365 for
# pytimeparse2 (though its twelve months are 360), 366 for durations and 365.25 for pint. Weeks and days are safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check humanfriendly==10.0 pytimeparse2==1.7.1 durations==0.3.3 \
  pint==0.25.3
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import durations
import humanfriendly
import pint
import pytimeparse2

DAY = 86400
readers = {
    "humanfriendly": humanfriendly.parse_timespan,
    "pytimeparse2": pytimeparse2.parse,
    "durations": lambda text: durations.Duration(text).to_seconds(),
    "pint": lambda text: pint.UnitRegistry()(text).to("s").magnitude,
}


def days(text):
    return {name: round(read(text) / DAY, 3) for name, read in readers.items()}


year, weeks, said = days("1 year"), days("52 weeks"), humanfriendly.format_timespan(365 * DAY)
months = round(pytimeparse2.parse("12 months") / DAY)
print(
    "; ".join(f"{name} {version(name)}: 1 year is {count:g} days" for name, count in year.items())
    + f"; 365 days are “{said}” for humanfriendly, 12 months {months} days for pytimeparse2"
)
assert year == {"humanfriendly": 364, "pytimeparse2": 365, "durations": 366, "pint": 365.25}
assert set(weeks.values()) == {364}
assert said == "1 year and 1 day" and months == 360
PY
