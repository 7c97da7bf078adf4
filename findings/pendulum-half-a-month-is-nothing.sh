#!/usr/bin/env bash
# pendulum counts a month as 30 days in every total, and so twice a month is 60; half of a month is nothing, half of three months
# are two, a quarter of a year is nothing. Months and years are divided for themselves and rounded. Days and weeks are safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pendulum==3.3.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import pendulum

month, quarter, year = pendulum.duration(months=1), pendulum.duration(months=3), pendulum.duration(years=1)
found = {
    "1 month": month.total_days(), "1 month * 2": (month * 2).total_days(), "1 month / 2": (month / 2).total_days(),
    "3 months": quarter.total_days(), "3 months / 2": (quarter / 2).total_days(),
    "1 year": year.total_days(), "1 year / 4": (year / 4).total_days(),
    "4 weeks / 2": (pendulum.duration(weeks=4) / 2).total_days(),
}
print(f"pendulum {version('pendulum')}: days of " + ", ".join(f"{text}: {days:g}" for text, days in found.items()))
assert [*found.values()] == [30, 60, 0, 90, 60, 365, 0, 14]
PY
