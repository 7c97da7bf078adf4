"""globusfs: collections as an fsspec file system; a person signs in by link and code."""

from __future__ import annotations

from steps import DEPOT, program, step

OPEN = f"import globusfs; fs = globusfs.filesystem({DEPOT!r}); "


@step("sign in and list")
def _():
    assert "results" in program("python", "-c", f"{OPEN}print(fs.ls({DEPOT!r} + '/', detail=False))", answers=3)


@step("stat")
def _():
    assert "directory" in program("python", "-c", f"{OPEN}print(fs.info({DEPOT!r} + '/results'))")


@step("stat of a missing path")
def _():
    said = program("python", "-c", f"{OPEN}print(fs.exists({DEPOT!r} + '/results/not-there'))")
    assert said.strip().endswith("False"), said
    return "reads no files: the sandbox serves no HTTPS"
