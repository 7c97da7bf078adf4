#!/usr/bin/env bash
# How often does a line run? python-crontab reckons “the number of times this item will execute in a given year”: `@reboot`, which
# runs when the machine starts, 525,600 times, and the 1st or any Monday once, though cron runs it on 63 days of 2026. Its own
# `schedule()` counts those rightly. A table sorted by that, to see what loads a machine, has them at the wrong ends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check croniter==7.0.0 python-crontab==3.4.0
cd "$folder"
venv/bin/python - <<'PY'
from datetime import datetime
from importlib.metadata import version

from crontab import CronTab

table = CronTab(tab="@reboot mount-archive\n0 2 1 * 1 copy\n0 2 * * * other\n")
reckoned = {str(job.slices): job.frequency(year=2026) for job in table}
runs = [*table][1].schedule(datetime(2025, 12, 31, 12))
days = [*iter(runs.get_next, datetime(2027, 1, 1, 2))]
true = sum(day.year == 2026 for day in days)
order = [job.command for job in sorted(table, key=lambda job: -job.frequency(year=2026))]
print(f"python-crontab {version('python-crontab')}: runs in 2026: {reckoned}; by its schedule(), 0 2 1 * 1: {true}; busiest first: {order}")
assert reckoned == {"@reboot": 525600, "0 2 1 * 1": 1, "0 2 * * *": 365}
assert true == 63 and order == ["mount-archive", "other", "copy"]
PY
