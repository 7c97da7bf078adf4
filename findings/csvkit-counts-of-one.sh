#!/usr/bin/env bash
# To sort a table rewrites it: csvkit guesses what each column holds, and counts none of which is above one are yes and no,
# until the first 2 comes. `csvsort` writes False for 0 and True for 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check csvkit==2.2.0
cd "$folder"
printf 'name,errors\nb,1\na,0\n' > quiet.csv
printf 'name,errors\nb,2\na,0\n' > busy.csv
quiet=$(venv/bin/csvsort -c name quiet.csv | tr '\n' ' ')
busy=$(venv/bin/csvsort -c name busy.csv | tr '\n' ' ')
as_it_is=$(venv/bin/csvsort --no-inference -c name quiet.csv | tr '\n' ' ')
echo "$(venv/bin/csvsort --version): errors 0 and 1: $quiet; 0 and 2: $busy; with --no-inference: $as_it_is"
[ "$quiet" = "name,errors a,False b,True " ] && [ "$busy" = "name,errors a,0 b,2 " ] && [ "$as_it_is" = "name,errors a,0 b,1 " ]
