"""What the walks share. Standard library only: each is run by the Python of the client that walks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = os.environ["GLOBUS_SDK_SERVICE_URL_AUTH"].rstrip("/")
SERVICE = os.environ["GLOBUS_CLI_CLIENT_ID"], os.environ["GLOBUS_CLI_CLIENT_SECRET"]
DEPOT, ARCHIVE, FLOW, SPARE = (os.environ[f"WALK_{name}"] for name in ("DEPOT", "ARCHIVE", "FLOW", "SPARE"))
HOME = Path.home()


class OwnTrouble(Exception):
    """The client itself gets in its way; its words say how."""


def step(name):
    """Runs the function below at once and prints what became of it."""

    def run(function):
        try:
            outcome, remark = "ok", function()
        except OwnTrouble as trouble:
            outcome, remark = "own", str(trouble)
        except Exception as wrong:
            outcome, remark = "fault", f"{type(wrong).__name__}: {wrong}"
        print(json.dumps([name, outcome, " ".join((remark or "").split())[:900]]), flush=True)

    return run


def program(*command, answers=0):
    """What a program beside this Python prints; each of its sign-in links is opened and its code typed."""
    path = Path(sys.executable).with_name(command[0])
    with subprocess.Popen(
        [path, *command[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        said = []
        for line in running.stdout:
            said.append(line)
            if answers and (link := re.search(r"https?://\S+/v2/oauth2/authorize\?\S+", line)):
                answers -= 1
                running.stdin.write(f"{code_of(link.group())}\n")
                running.stdin.flush()
    text = "".join(said)
    if running.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} ended with {running.returncode}: {text[-400:]}")
    return text


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_, **__):
        return None


def code_of(link):
    """Does in the browser what a person does: looks at the page, allows, and takes the code out of the address."""
    link = link.replace("https://auth.globus.org", ROOT)
    try:
        with urllib.request.urlopen(link, timeout=30) as page:
            text = page.read().decode()
    except urllib.error.HTTPError as refused:
        raise RuntimeError(re.sub("<style>.*</style>|<[^>]+>", " ", refused.read().decode(), flags=re.S)) from None
    account = re.search(r'name="account" value="([^"]+)" required checked', text)
    form = {"request": urllib.parse.urlsplit(link).query, "account": account.group(1), "decision": "allow"}
    try:
        urllib.request.build_opener(_Still).open(
            f"{ROOT}/v2/oauth2/authorize", urllib.parse.urlencode(form).encode(), timeout=30
        )
    except urllib.error.HTTPError as moved:
        back = urllib.parse.parse_qs(urllib.parse.urlsplit(moved.headers["location"]).query)
        if "code" in back:
            return back["code"][0]
        raise RuntimeError(f"the sign-in was refused: {back}") from None
    raise RuntimeError("the page did not send the browser back")


def expect(found, wanted):
    """Both are the same, or the step failed."""
    if found != wanted:
        raise AssertionError(f"{found!r} instead of {wanted!r}")
