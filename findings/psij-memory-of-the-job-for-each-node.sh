#!/usr/bin/env bash
# `memory` of PSI/J is “the total amount … for the job”; the same number goes into Slurm's --mem and into a chunk of PBS's
# select, which are for one node. A job of 64 GiB on four nodes asks for 256.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check psij-python==0.9.11
cd "$folder"
mkdir bin
printf '#!/bin/sh\ncp "$1" script\necho Submitted batch job 42\n' > bin/sbatch
printf '#!/bin/sh\ncp "$1" script\necho 42.server\n' > bin/qsub
chmod +x bin/*
HOME=$folder PATH=$folder/bin:$PATH venv/bin/python - <<'PY'
import re
from importlib.metadata import version
from pathlib import Path

from psij import Job, JobExecutor, JobSpec, ResourceSpecV1

GIB = 2**30


def asked(scheduler, nodes):
    resources = ResourceSpecV1(node_count=nodes, processes_per_node=1, memory=64 * GIB)
    JobExecutor.get_instance(scheduler).submit(Job(JobSpec(executable="/bin/true", resources=resources)))
    amount, unit = re.search(r"^#.*?mem=(\d+)(K?)$", Path("script").read_text(), re.M).groups()
    return int(amount) * (1024 if unit else 1) // GIB


found = {scheduler: [asked(scheduler, nodes) for nodes in (1, 4)] for scheduler in ("slurm", "pbs")}
said = " ".join(ResourceSpecV1.__init__.__doc__.split())
print(f"psij-python {version('psij-python')}: memory of 64 GiB, on one node and on four, is so many for each node: {found}")
assert "total amount, in bytes, of memory requested for the job" in said
assert found == {"slurm": [64, 64], "pbs": [64, 64]}
PY
