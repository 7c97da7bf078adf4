"""What people paste after a login: the bare code, the whole address it came in, or either with noise around it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from globus_tui.domain.credentials import Secret
from globus_tui.domain.errors import BadInput
from globus_tui.domain.quick_dataclass import dataclass

_LONGEST = 8000
_NOISE = re.compile(r"\x1b\[[0-9;]*[~A-Za-z]|[\s\x00-\x1f\x7f\u200b\ufeff]+")
_LABEL = re.compile(r"^(?:authorization|native|globus|your|the|auth)*code(?:is)?[:=]+", re.IGNORECASE)
_ANSWER = re.compile(r"(?:^|[?&#])(?:code|error)=")
_CODE = re.compile(r"[A-Za-z0-9._~+/=-]{4,1000}")
_QUOTES = "\"'`<>[](),;"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a paste says.

    Attributes:
        code: the authorization code; None when the login ended in an error.
        state: None for a bare code, which carries none.
        error: Globus' word for what went wrong, e.g. `access_denied`.
        description: its sentence, where it sent one.
    """

    code: Secret | None = None
    state: str | None = None
    error: str | None = None
    description: str | None = None


def read_pasted(pasted: str | Secret) -> Pasted:
    """Reads a paste; white space, line ends, quotes and the marks of bracketed paste do not matter.

    Raises:
        BadInput: there is no code in it. The message never repeats what was pasted.
    """
    text = pasted.reveal() if isinstance(pasted, Secret) else pasted
    if len(text) > _LONGEST:
        raise BadInput("That is far too long for a code.", advice="Copy only the code that Globus shows.")
    text = _NOISE.sub("", text).strip(_QUOTES)
    if not text:
        raise BadInput("Nothing was pasted.", advice="Paste the code that Globus shows after you allow the login.")
    if "code_challenge=" in text:
        raise BadInput(
            "That is the link of step 1, not the code.",
            advice="Open it in a browser, allow the login, and paste the code that Globus shows then.",
        )
    if _ANSWER.search(text):
        return _from_address(text)
    code = _LABEL.sub("", text).strip(_QUOTES)
    if not _CODE.fullmatch(code) or "://" in code:
        raise BadInput("That does not look like a code.", advice="Copy only the code that Globus shows.")
    return Pasted(code=Secret(code))


def _from_address(text: str) -> Pasted:
    parts = re.split(r"[?#]", text)
    query = next((part for part in reversed(parts) if _ANSWER.search(f"&{part}")), text)
    found = parse_qs(query)
    code = found.get("code", [""])[0]
    error = found.get("error", [None])[0]
    if error is None and not _CODE.fullmatch(code):
        raise BadInput("There is no code in that address.", advice="Copy the whole address, or only the code.")
    return Pasted(
        code=Secret(code) if error is None else None,
        state=found.get("state", [None])[0],
        error=error,
        description=found.get("error_description", [None])[0],
    )
