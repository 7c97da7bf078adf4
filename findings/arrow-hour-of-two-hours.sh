#!/usr/bin/env bash
# “In an hour” on the night on which clocks are set back: arrow moves the hand of the clock, which is two hours later, and so
# a range of hours misses one of them. pendulum and whenever wait an hour. In UTC all agree.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arrow==1.4.0 pendulum==3.3.0 tzdata==2026.1 whenever==0.11.0
cd "$folder"
venv/bin/python - <<'PY'
from importlib.metadata import version

import arrow
import pendulum
import whenever

ZONE, START, END = "America/Chicago", "2026-11-01T06:00:00+00:00", "2026-11-01T09:00:00+00:00"  # 01:00 CDT to 03:00 CST

hour = arrow.get(START).to(ZONE).shift(hours=1)
others = [
    pendulum.parse(START).in_timezone(ZONE).add(hours=1).isoformat(),
    whenever.Instant(START).to_tz(ZONE).add(hours=1).to_stdlib().isoformat(),
    arrow.get(START).shift(hours=1).to(ZONE).isoformat(),
]
ticks = len([*arrow.Arrow.range("hour", arrow.get(START).to(ZONE), arrow.get(END).to(ZONE))])
true_ticks = len([*pendulum.interval(pendulum.parse(START).in_timezone(ZONE), pendulum.parse(END).in_timezone(ZONE)).range("hours")])
print(
    f"an hour after 01:00 CDT: arrow {version('arrow')} {hour.isoformat()}, pendulum {version('pendulum')}, whenever "
    f"{version('whenever')} and arrow in UTC {others[0]}; hours from 01:00 CDT to 03:00 CST: arrow {ticks}, pendulum {true_ticks}"
)
assert hour.isoformat() == "2026-11-01T02:00:00-06:00" and (hour - arrow.get(START)).total_seconds() == 7200
assert set(others) == {"2026-11-01T01:00:00-06:00"}
assert (ticks, true_ticks) == (3, 4)
PY
