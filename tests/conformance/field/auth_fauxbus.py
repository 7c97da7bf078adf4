"""A second opinion on Auth: a service account signs in at fauxbus; Timers and Transfer are the sandbox's.

Between the program and the sandbox a proxy does what a resource server does: it asks fauxbus whose token this is and
for which service, and goes on with a token of the sandbox.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from steps import HOME, ROOT, SERVICE, expect, step

ACCOUNT = "0b9c5a44-6d0e-4a52-9f3d-3b1f6d1c7e21", "pretend-secret-at-fauxbus"
TRANSFER, TIMERS, FLOWS = "transfer.api.globus.org", "524230d7-ea86-4a52-8312-86065a9e0417", "flows.globus.org"
NAMES = r"https://auth\.globus\.org/scopes/[\w-]+/|urn:globus:auth:scope:"
REFUSED = []
"""Scopes with their status, as fauxbus refused them."""


def post(url, account, **form):
    basic = base64.b64encode(":".join(account).encode()).decode()
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode(), {"Authorization": f"Basic {basic}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def wanted_server(path):
    return TRANSFER if path.startswith("/v0.10/") else FLOWS if path.startswith(("/flows", "/runs")) else TIMERS


class Proxy(BaseHTTPRequestHandler):
    """Auth's routes go to fauxbus as they are, all others to the sandbox with another token."""

    protocol_version = "HTTP/1.1"
    known = {}

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)) or None
        headers = {name: value for name, value in self.headers.items() if name.lower() in KEPT}
        base = FAUXBUS if self.path.startswith(("/v2/oauth2", "/v2/api")) else ROOT
        if base is ROOT:
            headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        if base is ROOT and (token := self.headers.get("authorization", "").removeprefix("Bearer ")):
            headers["authorization"] = f"Bearer {self.exchanged(token)}"
        request = urllib.request.Request(base + self.path, body, headers, method=self.command)
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
            if base is FAUXBUS and body:
                REFUSED.append((urllib.parse.parse_qs(body.decode()).get("scope", [""])[0], refused.code))
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("content-type", answer.headers.get("content-type", "application/json"))
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

    def exchanged(self, token):
        if token not in self.known:
            found = post(f"{FAUXBUS}/v2/oauth2/token/introspect", ACCOUNT, token=token)
            if not found["active"] or wanted_server(self.path) not in found["aud"]:
                return "not-a-token-for-this"
            given = post(f"{ROOT}/v2/oauth2/token", SERVICE, grant_type="client_credentials", scope=found["scope"])
            self.known[token] = given["access_token"]
        return self.known[token]

    def log_message(self, *_):
        pass


KEPT = {"accept", "content-type", "authorization"}
seed = HOME / "seed.json"
seed.write_text(json.dumps({"clients": {ACCOUNT[0]: {"secret": ACCOUNT[1], "name": "night shift"}}}))
serving = subprocess.Popen(
    [Path(sys.executable).with_name("fauxbus"), "serve", "--port", "0", "--seed", seed],
    stderr=subprocess.PIPE, text=True,
)  # fmt: skip
FAUXBUS = next(word.rstrip(".,") for line in serving.stderr for word in line.split() if word.startswith("http://127"))
threading.Thread(target=serving.stderr.read, daemon=True).start()
proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
for name in [one for one in os.environ if one.startswith("GLOBUS_SDK_SERVICE_URL_")]:
    os.environ[name] = f"http://127.0.0.1:{proxy.server_port}/"
os.environ["GLOBUS_TUI_CLIENT_ID"], os.environ["GLOBUS_TUI_CLIENT_SECRET"] = ACCOUNT
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


def globus_tui(*arguments, code=0):
    command = [os.environ["WALK_PYTHON"], "-m", "globus_tui", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != code:
        raise RuntimeError(f"{arguments} ended with {done.returncode}: {(done.stdout + done.stderr)[:900]}")
    return done.stdout


def listed():
    return [one["id"] for one in json.loads(globus_tui("list", "--format", "json"))["timers"]]


@step("list the timers")
def _():
    assert len(found := listed()) > 50, found


@step("who")
def _():
    assert ACCOUNT[0] in globus_tui("whoami")


@step("export one")
def _():
    assert "timer" in json.loads(globus_tui("export", listed()[0]))


@step("doctor")
def _():
    said = globus_tui("doctor")
    expect([line for line in said.splitlines() if line.startswith("fault")], [])
    assert sum("warning" in line for line in said.splitlines()) > 0, "fauxbus gives no openid and no Flows"
    refused = dict.fromkeys(f"{status} for {re.sub(NAMES, '', scope)}" for scope, status in REFUSED)
    return f"fauxbus answers {', '.join(refused)}, and everything else goes on"


serving.terminate()
proxy.shutdown()
