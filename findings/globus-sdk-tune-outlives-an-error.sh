#!/usr/bin/env bash
# “Temporarily”: what `with client.retry_config.tune(max_retries=0)` sets for one request stays for all later ones when that
# request fails, and so it is with `transport.tune`. Both promise the original values after the block; there is no `finally`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-sdk==4.10.0
cd "$folder"
venv/bin/python - <<'PY'
import http.server
import threading

import globus_sdk
from globus_sdk.transport import RetryConfig

asked = 0


class Busy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global asked
        asked += 1
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = globus_sdk.TimersClient(
    base_url=f"http://127.0.0.1:{server.server_port}",
    authorizer=globus_sdk.NullAuthorizer(),
    retry_config=RetryConfig(max_sleep=0),
)


def requests_of_one_call():
    global asked
    asked = 0
    try:
        client.list_jobs()
    except globus_sdk.TimersAPIError as error:
        assert error.http_status == 503
    return asked


before, patience = requests_of_one_call(), client.transport.http_timeout
try:
    with client.retry_config.tune(max_retries=0), client.transport.tune(http_timeout=5):
        client.list_jobs()
except globus_sdk.TimersAPIError:
    pass
after = requests_of_one_call()
print(
    f"globus-sdk {globus_sdk.__version__}: a call to a busy service is {before} requests; after a tuned call that failed it is "
    f"{after}, and the time limit is {client.transport.http_timeout:g} s instead of {patience:g}"
)
assert (before, after) == (6, 1)
assert (patience, client.transport.http_timeout) == (60, 5)
PY
