#!/usr/bin/env bash
# A URL names its collection, and another one is meant: a globusfs file system that was given a collection takes every other
# collection's id for a folder of its own. The class says that its collection is used “when a path omits the authority”. What
# is there does not exist then, and what is written goes to the wrong collection.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check globusfs==0.2.1 fsspec==2026.9.0
cd "$folder"
venv/bin/python - <<'PY'
import http.server
import threading
from importlib.metadata import version

from globusfs import GlobusFileSystem

OWN, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
URL = f"globus://{OTHER}/results/scan.h5"


class Collection(http.server.BaseHTTPRequestHandler):
    """The HTTPS side of one collection; the other one of the two has a file."""

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.put.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Lookups:
    """Stands in for the Transfer API, as the package allows."""

    def https_url(self, collection):
        return f"http://127.0.0.1:{servers[collection].server_port}"

    def info(self, collection, path):
        if (collection, path) != (OTHER, "results/scan.h5"):
            raise FileNotFoundError(path)
        return {"name": path, "size": 3, "type": "file"}


servers = {}
for collection in (OWN, OTHER):
    servers[collection] = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collection)
    threading.Thread(target=servers[collection].serve_forever, daemon=True).start()

found = []
for given in ({}, {"collection_id": OWN}):
    for server in servers.values():
        server.put = []
    files = GlobusFileSystem(metadata=Lookups(), skip_instance_cache=True, **given)
    there = files.exists(URL)
    files.pipe_file(URL, b"new")
    found.append((there, servers[OWN].put, servers[OTHER].put))
print(
    f"globusfs {version('globusfs')}: {URL} exists, is written to (the file system's own, that of the URL): "
    f"without a collection of its own {found[0]}, with one {found[1]}"
)
assert found[0] == (True, [], ["/results/scan.h5"])
assert found[1] == (False, [f"/{OTHER}/results/scan.h5"], [])
PY
