#!/usr/bin/env bash
# A timer is made again when its answer is lost: the SDK repeats every request up to five times, creation included. A Transfer
# task has a submission id, by which the service knows it again; a timer has nothing of the kind.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-sdk==4.10.0
cd "$folder"
venv/bin/python - <<'PY'
import http.server
import json
import threading
from importlib.metadata import version

import globus_sdk
from globus_sdk.transport import RetryConfig

ID = "00000000-0000-4000-8000-000000000001"


class Gateway(http.server.BaseHTTPRequestHandler):
    """Passes requests on; its answers are lost."""

    made = []
    hangs_up = False

    def do_POST(self):
        self.made.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["timer"])
        if not self.hangs_up:
            self.send_response(502)
            self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=server.serve_forever, daemon=True).start()
config = RetryConfig(backoff=lambda _: 0.0)  # only the time between is changed
timers = globus_sdk.TimersClient(base_url=f"http://127.0.0.1:{server.server_port}/", retry_config=config)
data = globus_sdk.TransferData(ID, ID)
data.add_item("/in/", "/out/")
timer = globus_sdk.TransferTimer(name="nightly", schedule=globus_sdk.RecurringTimerSchedule(86400), body=data)
found = []
for Gateway.hangs_up in (False, True):
    Gateway.made.clear()
    try:
        timers.create_timer(timer)
    except (globus_sdk.GlobusAPIError, globus_sdk.NetworkError):
        found.append(len(Gateway.made))
print(f"globus-sdk {version('globus-sdk')}: one create_timer is sent {found[0]} times after 502, {found[1]} times after no answer")
assert found == [6, 6]
assert all(one == Gateway.made[0] for one in Gateway.made) and "submission_id" not in json.dumps(Gateway.made[0])
PY
