#!/usr/bin/env bash
# One clock time, two meanings: `timer create … --start` is local time and may say its offset; `transfer --deadline` is sent
# without any zone, and with an offset it is refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-cli==3.44.0
cd "$folder"
venv/bin/python - <<'PY'
import os
import time
from importlib.metadata import version

os.environ["TZ"] = "America/Chicago"
time.tzset()
import click
from click.testing import CliRunner
from globus_cli.commands.timer.create._common import timer_schedule_options
from globus_cli.parsing import task_submission_options


@click.command()
@timer_schedule_options
def timer(schedule):
    click.echo(schedule["start"])


@click.command()
@task_submission_options
def task(deadline, **others):
    click.echo(deadline)


def said(command, *arguments):
    result = CliRunner().invoke(command, arguments)
    return result.output.strip() if result.exit_code == 0 else f"exit code {result.exit_code}"


plain, offset = "2026-12-01T10:00:00", "2026-12-01T10:00:00+01:00"
starts = [said(timer, "--interval", "1d", "--start", start) for start in (plain, offset)]
ends = said(task, "--deadline", plain), said(task, "--deadline", offset)
print(f"globus-cli {version('globus-cli')}: --start {plain} is {starts[0]}, with +01:00 {starts[1]}; "
      f"--deadline {plain} is {ends[0]}, with +01:00 {ends[1]}")
assert starts[0].replace(" ", "T") == "2026-12-01T10:00:00-06:00"
assert starts[1].replace(" ", "T") == "2026-12-01T10:00:00+01:00"
assert ends == ("2026-12-01 10:00:00", "exit code 2")
PY
