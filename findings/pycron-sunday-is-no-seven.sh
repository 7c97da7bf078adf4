#!/usr/bin/env bash
# Sunday as 7, which crontab(5) has beside 0, never comes for pycron: `0 2 * * 7` is never now, `5-7` ends on Saturday, and so does
# `sat-sun`, though it takes names. croniter and cronsim run on Sunday. 0, `sun` and `sat,sun` are safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check croniter==7.0.0 cronsim==2.8 pycron==3.3.0
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime, timedelta
from importlib.metadata import version

import pycron
from croniter import croniter
from cronsim import CronSim

MONDAY = datetime(2026, 11, 30)
WEEK = [MONDAY + timedelta(days=day, hours=2) for day in range(7)]


def by_pycron(days):
    return " ".join(f"{moment:%a}" for moment in WEEK if pycron.is_now(f"0 2 * * {days}", moment))


def by_others(days):
    line = f"0 2 * * {days}"
    one = [moment for moment in WEEK if croniter.match(line, moment)]
    other = [moment for moment in WEEK if next(CronSim(line, moment - timedelta(minutes=1))) == moment]
    assert one == other
    return " ".join(f"{moment:%a}" for moment in one)


seen = {days: by_pycron(days) for days in ("7", "5-7", "1-7", "sat-sun", "0", "sun", "sat,sun")}
print(f"pycron {version('pycron')}: {seen}; croniter {version('croniter')} and cronsim {version('cronsim')}: 5-7 is {by_others('5-7')}")
assert seen == {
    "7": "", "5-7": "Fri Sat", "1-7": "Mon Tue Wed Thu Fri Sat", "sat-sun": "Sat", "0": "Sun", "sun": "Sun", "sat,sun": "Sat Sun",
}
assert [by_others(days) for days in ("7", "5-7")] == ["Sun", "Fri Sat Sun"]
PY
