#!/usr/bin/env bash
# One NO_PROXY, two readings: requests (pip, the Globus CLI) knows networks and httpx does not, httpx knows an address with its
# port and requests does not. urllib stands by httpx. Names and bare addresses are safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check httpx==0.28.1 requests==2.34.2
cd "$folder"
env -u http_proxy -u https_proxy -u all_proxy -u no_proxy HTTP_PROXY=http://127.0.0.1:9 venv/bin/python - <<'PY'
import http.server
import os
import threading
import urllib.request
from importlib.metadata import version

import httpx
import requests


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"


def way(ask, wrong):
    try:
        ask(url, timeout=30)
    except wrong:  # nothing listens where the proxy should be
        return "proxy"
    return "direct"


found = {}
for entry in ("127.0.0.0/8", f"127.0.0.1:{server.server_port}", "127.0.0.1"):
    os.environ["NO_PROXY"] = entry
    found[entry] = (
        way(requests.get, requests.ConnectionError),
        way(httpx.get, httpx.ConnectError),
        way(urllib.request.urlopen, OSError),
    )
print(f"NO_PROXY for {url} by requests {version('requests')}, httpx {version('httpx')}, urllib: {found}")
assert [*found.values()] == [("direct", "proxy", "proxy"), ("proxy", "direct", "direct"), ("direct",) * 3]
PY
