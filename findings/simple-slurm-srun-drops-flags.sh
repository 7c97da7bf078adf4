#!/usr/bin/env bash
# `Slurm(exclusive=True)` has a node to itself when it is handed to sbatch, and shares it when the same object is handed to srun:
# simple_slurm leaves out every argument without a value there, `--exclusive`, `--contiguous` and `--overcommit` alike. Its
# README turns flags on with True or an empty text, and names no difference. (`echo` stands for srun.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check simple-slurm==0.3.6
cd "$folder"
cat > job.py <<'PY'
from simple_slurm import Slurm

job = Slurm(exclusive=True, contiguous="", nodes=2, time="0-02:00:00")
print(job)
job.srun("hostname", srun_cmd="echo srun")
PY
venv/bin/python job.py > said
batch=$(sed -n 's/^#SBATCH *//p' said | tr -s ' ' | sed 's/ $//' | sort | paste -sd,)
run=$(grep ^srun said)
echo "simple_slurm 0.3.6: for sbatch $batch; for srun: $run"
[ "$batch" = "--contiguous,--exclusive,--nodes 2,--time 0-02:00:00" ]
[ "$run" = "srun --nodes=2 --time=0-02:00:00 hostname" ]
