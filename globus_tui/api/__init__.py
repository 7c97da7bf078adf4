"""Globus over HTTP. The only folder that imports httpx."""

import sys

# httpx has a command line of its own, which it loads where click and rich happen to be installed, as the official CLI
# and Textual install them: more than half of the time that loading httpx then takes.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # this is how Python is told that there is none
