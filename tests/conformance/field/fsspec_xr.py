"""globus-xr: collections for xarray; a person signs in by link and code."""

from __future__ import annotations

import os

from steps import DEPOT, program, step

os.environ["GLOBUS_XR_LOGIN"] = "paste"


@step("sign in")
def _():
    assert "authorized" in program("globus-xr", "login", DEPOT, answers=2)


@step("list")
def _():
    assert "results/" in program("globus-xr", "ls", f"globus://{DEPOT}/", answers=1)


@step("find collections")
def _():
    said = program("python", "-c", "from globus_xr import auth; print(len(auth.discover_collections()))", answers=1)
    assert int(said.split()[-1]) > 2, said


@step("sign out")
def _():
    assert "Logged out" in program("globus-xr", "logout")
