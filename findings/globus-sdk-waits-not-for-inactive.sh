#!/usr/bin/env bash
# To wait for a Transfer task is to wait until it is no longer ACTIVE: for one that stands still, INACTIVE, since credentials ran
# out, the SDK's `task_wait` is True at once, which its own example prints as “completed”. `globus task wait` ends at once as
# well, with the code of a task that failed, not with the one for the end of its patience.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-cli==3.44.0
cd "$folder"
venv/bin/python - <<'PY'
import contextlib
import http.server
import io
import json
import threading
from importlib.metadata import version

import click
import globus_sdk
from globus_cli.commands._common import transfer_task_wait_with_io

asked = 0


class Transfer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global asked
        asked += 1
        body = json.dumps({"status": self.path.rpartition("/")[2]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Transfer)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = globus_sdk.TransferClient(
    base_url=f"http://127.0.0.1:{server.server_port}", authorizer=globus_sdk.NullAuthorizer()
)


def exit_code(status):
    with click.Context(click.Command("wait")) as context, contextlib.redirect_stderr(io.StringIO()):
        context.ensure_object(dict)
        try:
            transfer_task_wait_with_io(client, False, False, 1, 1, status, 7)
        except click.exceptions.Exit as ended:
            return ended.exit_code


waited = client.task_wait("INACTIVE", timeout=3600), asked
active = client.task_wait("ACTIVE", timeout=1)
codes = {status: exit_code(status) for status in ("SUCCEEDED", "FAILED", "INACTIVE", "ACTIVE")}
print(
    f"globus-sdk {globus_sdk.__version__}: task_wait on an INACTIVE task is {waited[0]} after {waited[1]} look, on an ACTIVE one "
    f"{active} after a second; globus-cli {version('globus-cli')} ends with {codes}, where 7 was asked for when time runs out"
)
assert waited == (True, 1) and active is False
assert codes == {"SUCCEEDED": 0, "FAILED": 1, "INACTIVE": 1, "ACTIVE": 7}
PY
