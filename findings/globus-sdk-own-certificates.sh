#!/usr/bin/env bash
# Where a proxy breaks into TLS, REQUESTS_CA_BUNDLE names its certificates for everything made with requests, but not for the
# Globus SDK and CLI, which are made with it: they tell requests themselves what to trust, and read their own variable alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globus-sdk==4.10.0 requests==2.34.2 trustme==1.2.1
cd "$folder"
venv/bin/python - <<'PY'
import http.server
import os
import ssl
import threading
from importlib.metadata import version

import globus_sdk
import requests
import trustme
from globus_sdk.transport import RetryConfig

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "GLOBUS_SDK_VERIFY_SSL")


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass


def trusted(ask):
    try:
        ask()
    except (globus_sdk.NetworkError, requests.ConnectionError):
        return False
    return True


authority = trustme.CA()
authority.cert_pem.write_to_path("ca.pem")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
authority.issue_cert("localhost").configure_cert(context)
server = Server(("127.0.0.1", 0), Answer)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"https://localhost:{server.server_port}/"

found = {}
for name in VARIABLES:
    for other in VARIABLES:
        os.environ.pop(other, None)
    os.environ[name] = "ca.pem"
    sdk = globus_sdk.TimersClient(base_url=url, retry_config=RetryConfig(max_retries=0))
    found[name] = trusted(lambda: requests.get(url, timeout=30)), trusted(sdk.list_jobs)
print(f"a CA named in a variable is trusted by (requests {version('requests')}, globus-sdk {version('globus-sdk')}): {found}")
assert [*found.values()] == [(True, False), (True, False), (False, False), (False, True)]
PY
