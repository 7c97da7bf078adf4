"""Where copies of the program on one host meet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from globus_tui.store.shared_folder import meeting_place

if TYPE_CHECKING:
    from pathlib import Path


def test_the_session_folder_is_where_copies_meet_if_it_is_private(tmp_path: Path) -> None:
    runtime, temporary = tmp_path / "run", tmp_path / "tmp"
    runtime.mkdir(mode=0o700)
    temporary.mkdir()
    environ = {"XDG_RUNTIME_DIR": str(runtime), "HOME": "/home/me"}
    found = meeting_place(environ, temporary=str(temporary))
    assert found == runtime / "globus_tui"
    assert found.stat().st_mode & 0o777 == 0o700
    runtime.chmod(0o755)
    assert meeting_place(environ, temporary=str(temporary)) == temporary / f"globus_tui-{os.geteuid()}"


def test_a_session_folder_below_the_home_directory_may_be_on_other_hosts_too_and_is_not_used(tmp_path: Path) -> None:
    runtime = tmp_path / "home" / "run"
    runtime.mkdir(mode=0o700, parents=True)
    environ = {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path / "home")}
    assert meeting_place(environ, temporary=str(tmp_path)) == tmp_path / f"globus_tui-{os.geteuid()}"


def test_a_folder_that_somebody_else_prepared_is_not_used(tmp_path: Path) -> None:
    place = tmp_path / f"globus_tui-{os.geteuid()}"
    place.mkdir()
    place.chmod(0o777)
    assert meeting_place({}, temporary=str(tmp_path)) is None
    place.rmdir()
    (tmp_path / "theirs").mkdir(mode=0o700)
    place.symlink_to(tmp_path / "theirs")
    assert meeting_place({}, temporary=str(tmp_path)) is None
