#!/usr/bin/env bash
# The same command, handed to sbatch in two ways. As text it goes through a here-document, so simple_slurm puts a backslash before
# each dollar sign, and the job sees its own number; what stands in backquotes is run before, on the machine of the one who
# submits. With `job_file` there is no here-document, but the backslashes are written all the same: the job sees the name of the
# variable in place of its number, and every element of an array does the same work. `convert=False` is the cure for files.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check simple-slurm==0.3.6
cd "$folder"
cat > sbatch <<'SH'
#!/bin/sh
# What Slurm does with it: runs it later, elsewhere, with variables of its own. Without a name the script comes on standard input.
cat "$@" > script
WHERE=node SLURM_ARRAY_TASK_ID=7 sh script >&2
echo Submitted batch job 42
SH
chmod +x sbatch
export WHERE=login
submit() {
  venv/bin/python - "$1" 2>&1 > /dev/null <<'PY'
import json
import sys

from simple_slurm import Slurm

job = Slurm(array=range(7, 9))
job.add_cmd("echo part $SLURM_ARRAY_TASK_ID, made on `printenv WHERE`")
job.sbatch(sbatch_cmd="./sbatch", verbose=False, **json.loads(sys.argv[1]))
PY
}
text=$(submit '{}')
file=$(submit '{"job_file": "job.sh"}')
cure=$(submit '{"job_file": "job.sh", "convert": false}')
echo "simple_slurm 0.3.6, element 7 of an array on a node: as text: $text; in a file: $file; with convert=False: $cure"
[ "$text" = "part 7, made on login" ]
[ "$file" = 'part $SLURM_ARRAY_TASK_ID, made on node' ]
[ "$cure" = "part 7, made on node" ]
