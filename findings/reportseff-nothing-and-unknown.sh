#!/usr/bin/env bash
# A job that held four cores for an hour and computed nothing is the one to look for: reportseff shows `---` as its CPUEff, the
# sign for what is not known, and a memory that Slurm did not measure is 0.0 % of what was asked for. Nothing and unknown have
# changed places. (sacct is played here by a script; it is all that reportseff asks.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check reportseff==2.10.3
cd "$folder"
mkdir slurm
cat > slurm/sacct <<'SH'
#!/usr/bin/env bash
if [ "$1" = --helpformat ]; then
  echo JobID JobIDRaw State Elapsed TotalCPU AllocCPUS ReqMem NNodes MaxRSS NTasks Timelimit AdminComment
  exit
fi
for word; do case $word in --format=*) IFS=, read -ra columns <<< "${word#--format=}" ;; esac; done
row() {  # the fields of a job or of its step, NAME=VALUE, in the order that was asked for
  local -A field=([State]=COMPLETED [Elapsed]=01:00:00 [AllocCPUS]=4 [NNodes]=1)
  for pair; do field[${pair%%=*}]=${pair#*=}; done
  for column in "${columns[@]}"; do printf '%s^|^' "${field[$column]:-}"; done
  echo
}
row JobID=1 JobIDRaw=1 TotalCPU=00:00.000 ReqMem=4G
row JobID=1.batch JobIDRaw=1.batch TotalCPU=00:00.000 MaxRSS=2G NTasks=1
row JobID=2 JobIDRaw=2 TotalCPU=02:00:00 ReqMem=4G
row JobID=2.batch JobIDRaw=2.batch TotalCPU=02:00:00 NTasks=1
SH
printf '#!/bin/sh\n' > slurm/scontrol
chmod +x slurm/*
said=$(PATH=$folder/slurm:$PATH venv/bin/reportseff --no-color --format JobID,CPUEff,MemEff 1 2 | tail -n +2)
idle=$(awk '$1 == 1 { print $2, $3 }' <<< "$said")
busy=$(awk '$1 == 2 { print $2, $3 }' <<< "$said")
echo "reportseff 2.10.3, CPUEff and MemEff: no CPU time and 2 of 4 GiB: $idle; half of the CPU time, memory not measured: $busy"
[ "$idle" = "--- 50.0%" ] && [ "$busy" = "50.0% 0.0%" ]
