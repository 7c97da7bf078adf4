#!/usr/bin/env bash
# One part of a check is CRITICAL, another could not be measured: nagiosplugin's “most significant” state is the largest number,
# which is UNKNOWN, and a pager that leaves UNKNOWN alone stays silent. For the Linuxfabrik's library, as for max_state of the
# Monitoring Plugins in C and Perl, CRITICAL is worse.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check nagiosplugin==1.4.0 linuxfabrik-lib==8.2.0
cd "$folder"
cat > check.py <<'PY'
import nagiosplugin


class Tasks(nagiosplugin.Resource):
    def probe(self):
        yield nagiosplugin.Metric("failed", 12, context="failed")
        yield nagiosplugin.Metric("waiting", None, context="waiting")


class Waiting(nagiosplugin.Context):
    def evaluate(self, metric, resource):
        return nagiosplugin.Result(nagiosplugin.Unknown, "not told", metric)


nagiosplugin.Check(Tasks(), nagiosplugin.ScalarContext("failed", critical="0"), Waiting("waiting")).main()
PY
said=$(venv/bin/python check.py) && code=0 || code=$?
other=$(venv/bin/python -c 'import lib.base as base; print(base.get_worst(base.STATE_CRIT, base.STATE_UNKNOWN))')
echo "nagiosplugin 1.4.0: 12 failed and one number not told is exit code $code, “${said%%$'\n'*}”; linuxfabrik-lib 8.2.0: $other"
test "$code" = 3
test "$other" = 2
