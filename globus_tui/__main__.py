"""`python -m globus_tui` and the `globus-tui` command."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.platform != "win32":
        sys.unraisablehook = _strike_again
    if sys.argv[1:2] == ["--names"]:
        _print_names(*sys.argv[2:4])
        return
    from globus_tui.cli import run

    sys.exit(run(sys.argv[1:], process=True))


def _strike_again(lost: sys.UnraisableHookArgs) -> None:
    """A Ctrl+C that struck in a callback that nobody calls ends only that, and importlib has one behind every import.

    It strikes again when the callback is over. A SystemExit is a signal's, behind which stands a thread of its own.
    """
    if lost.exc_type is KeyboardInterrupt:
        import signal
        import threading

        threading.Timer(0.01, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
    elif lost.exc_type is not SystemExit:
        sys.__unraisablehook__(lost)


def _print_names(kind: str = "", profile: str = "") -> None:
    """What shells ask at every press of tab: nothing is imported that this does not need."""
    import os

    from globus_tui.cache_files import names

    if sys.platform == "linux":  # as platformdirs has it, which takes as long to load as Python to start
        base = os.environ.get("XDG_CACHE_HOME", "").strip() or os.path.expanduser("~/.cache")
        folder = os.path.join(base, "globus_tui")
    else:
        import platformdirs

        folder = platformdirs.user_cache_dir("globus_tui", appauthor=False)
    lines = names(folder, kind, profile or os.environ.get("GLOBUS_PROFILE", ""))
    if sys.stdout is not None:  # as it is where the stream is closed
        sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
