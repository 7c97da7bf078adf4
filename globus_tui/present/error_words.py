"""Error codes in words: what happened, the likely cause, what to do next, and whom to ask.

Codes and their meaning are from the public reference of Transfer and Auth; causes and steps are experience. The
lists of the services are open-ended: a code that is not known here is shown as it came.
"""

from __future__ import annotations

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.present.error_table import ERRORS
from globus_tui.present.transfer_words import one_line

_SAYS_NOTHING = {"ERROR", "ClientError", "ClientError.BadRequest", "BadRequest", "ExternalError", "UNKNOWN"}


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What can be said about a code. `words` is never empty; the others are when nothing is known.

    Attributes:
        words: what happened, few words.
        cause: what usually is behind it.
        step: what to do next.
        ask: who can help.
    """

    words: str
    cause: str = ""
    step: str = ""
    ask: str = ""

    def sentences(self) -> str:
        """Everything as running text."""
        cause = f"likely cause: {self.cause}" if self.cause else ""
        parts = [self.words, cause, self.step, f"If in doubt, ask {self.ask}" if self.ask else ""]
        return " ".join(f"{part[0].upper()}{part[1:].rstrip('.')}." for part in parts if part)


def explain_error(code: str | None, text: str | None = None) -> ErrorText:
    """Everything known about a code; an unknown code, or none, is shown as the service put it."""
    found = _look_up(code)
    return ErrorText(*found) if found else ErrorText(_raw(code, text))


def short_words(code: str | None, text: str | None = None) -> str:
    """A few words for a code. Where that is a bare HTTP status or a catch-all, the service's own words tell more."""
    found = _look_up(code)
    if not found:
        return _raw(code, text)
    said = one_line(text or "")
    if code is None or not said:
        return found[0]
    if code.isdecimal():
        return f"{said} (HTTP {code})"
    return said if code in _SAYS_NOTHING else found[0]


def is_known(code: str | None) -> bool:
    """There is text for this code, or for a longer name that it begins with."""
    return _look_up(code) is not None


def _look_up(code: str | None) -> tuple[str, str, str, str] | None:
    """Dotted codes are looked up from the longest beginning to the shortest: their list of endings is open."""
    while code:
        if (found := ERRORS.get(code)) is not None:
            return found
        code = code.rpartition(".")[0]
    return None


def _raw(code: str | None, text: str | None) -> str:
    parts = [one_line(part) for part in (code, text) if part and one_line(part)]
    return ": ".join(parts) or "no reason given"
