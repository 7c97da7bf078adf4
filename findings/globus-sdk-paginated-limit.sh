#!/usr/bin/env bash
# `task_list(limit=10)` is 10 tasks. `paginated.task_list(limit=10)` is up to 1,000: pages are as large as the paginator says,
# whatever was asked for. Of 2,500 tasks it is 1,000 as well, though each answer says how many there are.
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
from urllib.parse import parse_qs, urlsplit

import globus_sdk

TASKS = 2500


class Tasks(http.server.BaseHTTPRequestHandler):
    limits = []

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        first, limit = int(query.get("offset", ["0"])[0]), int(query.get("limit", ["10"])[0])
        self.limits.append(limit)
        tasks = [{"task_id": str(number)} for number in range(first, min(first + limit, TASKS))]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"DATA": tasks, "limit": limit, "offset": first, "total": TASKS}).encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tasks)
threading.Thread(target=server.serve_forever, daemon=True).start()
transfer = globus_sdk.TransferClient(base_url=f"http://127.0.0.1:{server.server_port}/")
plain = len([*transfer.task_list(limit=10)])
ten = len([*transfer.paginated.task_list(limit=10).items()])
everything = len([*transfer.paginated.task_list().items()])
print(
    f"globus-sdk {version('globus-sdk')}: of {TASKS} tasks task_list(limit=10) is {plain}, "
    f"paginated.task_list(limit=10) {ten}, paginated.task_list() {everything}; asked for {Tasks.limits}"
)
assert (plain, ten, everything, Tasks.limits) == (10, 1000, 1000, [10, 1000, 1000])
PY
