"""Error codes in words: what happened, the likely cause, what to do next, and whom to ask.

Codes and their meaning are from the public reference of Transfer and Auth; causes and steps are experience. The
lists of the services are open-ended: a code that is not known here is shown as it came.
"""

from __future__ import annotations

from typing import Final

from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.present.transfer_words import one_line

_YOU = ""
_MANAGER = "the manager of the collection"
_SUPPORT = "Globus support"
_STORAGE = "the storage's administrator"
_OWNER = "the owner of that computer"

_Row = tuple[str, str, str, str]

# A table: a code, what happened, the likely cause, what to do next, whom to ask.
# fmt: off
ERRORS: Final[dict[str, _Row]] = {
    # what becomes of a task
    "STARTED": ("started", "", "", _YOU),
    "PROGRESS": ("progress", "", "", _YOU),
    "SUCCEEDED": ("succeeded", "", "", _YOU),
    "UNPAUSED": ("resumed", "the pause rule was lifted", "", _YOU),
    "PAUSED": ("paused by a collection's manager", "a pause rule, often for maintenance",
        "read the manager's message; it goes on when the rule is lifted", _MANAGER),
    "CANCELED": ("canceled", "somebody canceled the task", "the next run starts at the next tick", _MANAGER),
    "EXPIRED": ("deadline passed", "an error that kept coming back, or a transfer too large for its deadline",
        "read the errors in the task's log; they name the real cause", _YOU),
    "INACTIVE": ("waits for a new sign-in", "the credentials or the consent for a collection ran out",
        "sign in again and resume the timer", _MANAGER),
    "OK": ("going well", "", "", _YOU),
    "Queued": ("queued behind other tasks", "three transfers of one person run at a time", "", _YOU),
    # files
    "FILE_NOT_FOUND": ("file not found", "it was moved, renamed or purged at the source", "check the path", _YOU),
    "NotFound": ("no such path or object", "a typing error, or it is gone", "check the path or id", _YOU),
    "PERMISSION_DENIED": ("permission denied", "the account on the storage may not read or write there",
        "check the permissions of file and folder for the mapped account", _STORAGE),
    "IS_A_DIRECTORY": ("a folder where a file was expected", "", "make the item recursive or name a file", _YOU),
    "IS_A_FILE": ("a file where a folder was expected", "", "correct the path", _YOU),
    "NOT_A_DIRECTORY": ("not a folder", "part of the path is a file", "correct the path", _YOU),
    "NOT_A_FILE": ("not a plain file", "a device, socket or pipe cannot be moved", "exclude it with a filter", _YOU),
    "NOT_A_SYMLINK": ("not a symbolic link", "it changed since the listing", "it is tried at the next run", _YOU),
    "INVALID_SYMLINK": ("broken symbolic link", "what it points to is gone", "repair or exclude the link", _YOU),
    "INVALID_PATH_NAME": ("name not allowed", "the destination does not take characters or the length of this name",
        "rename the file or exclude it", _STORAGE),
    "AMBIGUOUS_PATH": ("ambiguous path", "two names differ only in case and the destination cannot tell them apart",
        "rename one of them", _YOU),
    "FILE_SIZE_CHANGED": ("file changed while it was read", "a program was still writing it",
        "let the timer run after the writer has finished", _YOU),
    "VERIFY_CHECKSUM": ("checksum differs after the copy",
        "the file changed while it was read, or storage or network damaged it",
        "it is copied again by itself; if it goes on, check the storage", _STORAGE),
    "EXTERNAL_CHECKSUM_MISMATCH": ("checksum is not the one given", "the file differs from what was announced",
        "compare with where the checksum came from", _YOU),
    "FILE_ACCESS": ("file access failed", "permissions or a missing file", "read the event's details", _STORAGE),
    "NO_APPEND_FILESYSTEM": ("the storage cannot continue a file", "it only takes whole files",
        "nothing: it starts that file again", _STORAGE),
    "MPU_NOT_FOUND": ("upload to object storage was lost", "the store removed an unfinished upload",
        "nothing: it starts that file again; ask if it goes on", _STORAGE),
    "NO_PHYSICALS": ("no copy of the file on the storage", "the catalogue lists it, no disk has it", "", _STORAGE),
    # space
    "QUOTA_EXCEEDED": ("quota exceeded", "the account's quota is used up", "free space or ask for more quota",
        _STORAGE),
    "NO_SPACE_LEFT": ("no space left", "the file system is full", "free space", _STORAGE),
    "LIMIT_EXCEEDED": ("limit of the service exceeded", "too many items or requests",
        "split the transfer or run it less often", _SUPPORT),
    # connections
    "CONNECT_FAILED": ("cannot connect to the collection", "its server is down or a firewall is in the way",
        "wait: it is retried; then tell its manager", _MANAGER),
    "CONNECTION_BROKEN": ("connection broke", "network trouble", "nothing: it is retried", _MANAGER),
    "CONNECTION_RESET": ("connection reset", "network trouble or a restart", "nothing: it is retried", _MANAGER),
    "TIMEOUT": ("timed out", "slow storage or network", "nothing: it is retried", _MANAGER),
    "ENDPOINT_TOO_BUSY": ("collection too busy", "too many transfers there", "nothing: it is retried", _MANAGER),
    "ENDPOINT_ERROR": ("error at the collection", "see the event's details", "tell its manager", _MANAGER),
    "GC_NOT_CONNECTED": ("Globus Connect Personal is not connected", "the computer is off, asleep or offline",
        "start Globus Connect Personal there", _OWNER),
    "GC_PAUSED": ("Globus Connect Personal is paused", "its owner paused it", "unpause it there", _OWNER),
    "CLOCK": ("clock of the server is wrong", "certificates look expired or not yet valid", "its clock must be set",
        _MANAGER),
    "ACL_CHANGED": ("access rules changed", "sharing permissions were edited", "check that you still have access",
        _MANAGER),
    "INTERNAL_ERROR": ("internal error of Globus", "", "wait and try again", _SUPPORT),
    "ABEND": ("ended abnormally", "", "read the event's details", _SUPPORT),
    "UNKNOWN": ("error that Globus does not name", "", "read the event's details", _SUPPORT),
    # signing in
    "AUTH": ("sign-in to the collection failed", "credentials ran out or were refused", "sign in again", _MANAGER),
    "NO_CREDENTIALS": ("no credentials for the collection", "they ran out", "sign in again", _MANAGER),
    "INVALID_SERVICE_CREDENTIAL": ("certificate of the server not accepted", "it expired or is not trusted",
        "tell its manager", _MANAGER),
    "GSI_DN_MISMATCH": ("server is not the one expected", "its certificate names another", "tell its manager",
        _MANAGER),
    "ConsentRequired": ("consent missing", "Globus may not use a collection for you (any more)", "sign in and grant it",
        _YOU),
    "AuthorizationRequired": ("sign-in needed", "Globus wants you to prove something", "sign in as asked", _YOU),
    "AuthPolicyFailed": ("sign-in policy not met",
        "the collection wants a recent sign-in, a certain identity or a second factor", "sign in as asked", _MANAGER),
    "AuthenticationPolicyRequired": ("sign-in policy not met",
        "a recent sign-in, a certain identity or a second factor is wanted", "sign in as asked", _MANAGER),
    "AuthenticationFailed": ("token not accepted", "it expired or was withdrawn", "sign in again", _YOU),
    "FORBIDDEN": ("not allowed", "the token lacks a scope", "sign in again", _YOU),
    "invalid_grant": ("sign-in no longer valid", "it was withdrawn or not used for months", "sign in again", _YOU),
    "dependent_consent_required": ("consent missing", "a service may not act for you", "sign in and grant it", _YOU),
    # requests
    "ClientError": ("request refused", "", "read the message", _SUPPORT),
    "ClientError.BadRequest": ("request not understood", "", "read the message", _SUPPORT),
    "ClientError.BadRequest.NoTransferItems": ("nothing to transfer", "the list of items is empty", "add an item",
        _YOU),
    "Conflict": ("conflict", "it changed meanwhile or exists already", "refresh and try again", _YOU),
    "EndpointNotFound": ("no such collection", "it was deleted or the id is wrong", "check the id", _MANAGER),
    "EndpointDeleted": ("collection was deleted", "", "choose another collection", _MANAGER),
    "EndpointError": ("error at the collection", "its server reports trouble", "wait, then tell its manager", _MANAGER),
    "TaskNotFound": ("no such task", "it is older than Globus keeps, or not yours", "", _YOU),
    "EndpointPermissionDenied": ("permission denied on the collection",
        "the path is not shared with you, or the storage refuses", "check the path and your permissions", _MANAGER),
    "PermissionDenied": ("not allowed", "your identity has no right to do this", "ask for access", _MANAGER),
    "OperationPaused": ("paused by a collection's manager", "a pause rule", "wait until it is lifted", _MANAGER),
    "NotSupported": ("not supported by this collection", "", "", _MANAGER),
    "ServiceUnavailable": ("service under maintenance", "", "wait: it is tried again", _SUPPORT),
    "ExternalError": ("error at the collection", "its server reports trouble", "read the message", _MANAGER),
    "ExternalError.MkdirFailed": ("folder could not be made", "", "read the message", _MANAGER),
    "ExternalError.MkdirFailed.Exists": ("folder exists already", "", "", _YOU),
    "ExternalError.DirListingFailed": ("folder could not be listed", "", "read the message", _MANAGER),
    "ExternalError.DirListingFailed.NotDirectory": ("not a folder", "the path is a file", "list the folder above",
        _YOU),
    "ExternalError.DirListingFailed.LoginFailed": ("login to the collection failed",
        "no account there for your identity, or a sign-in is wanted", "sign in as asked", _MANAGER),
    "ExternalError.DirListingFailed.PermissionDenied": ("permission denied", "the storage does not let you list it",
        "check the permissions", _STORAGE),
    "ExternalError.DirListingFailed.ConnectFailed": ("cannot connect to the collection",
        "its server is down or a firewall is in the way", "wait, then tell its manager", _MANAGER),
    "ExternalError.DirListingFailed.SizeLimit": ("folder too large to list",
        "it has more entries than the service lists", "type the path instead", _YOU),
    "ERROR": ("error of the service", "", "read the message", _SUPPORT),
    # HTTP
    "400": ("request not understood", "", "read the message", _SUPPORT),
    "401": ("token not accepted", "it expired or was withdrawn", "sign in again", _YOU),
    "403": ("not allowed", "a consent, a sign-in or a right is missing", "sign in again or ask for access", _MANAGER),
    "404": ("not found", "it is gone or not visible to you", "refresh", _YOU),
    "409": ("conflict", "it changed meanwhile", "refresh and try again", _YOU),
    "422": ("request refused as not valid", "a field has a value that is not allowed", "read the message", _YOU),
    "429": ("too many requests", "the service limits how often it is asked", "wait: it is tried again", _YOU),
    "500": ("internal error of the service", "", "wait: it is tried again", _SUPPORT),
    "502": ("service not reachable behind its gateway", "", "wait: it is tried again", _SUPPORT),
    "503": ("service unavailable", "maintenance or overload", "wait: it is tried again", _SUPPORT),
    "504": ("service did not answer its gateway in time", "", "wait: it is tried again", _SUPPORT),
}
ERRORS.update({code: ERRORS[same] for code, same in (
    ("CANCELLED", "CANCELED"), ("AuthorizationParameters", "AuthorizationRequired"),
    ("UNAUTHORIZED", "AuthenticationFailed"), ("DEPENDENT_CONSENT_REQUIRED", "dependent_consent_required"),
    ("ClientError.NotFound", "NotFound"), ("ClientError.AuthenticationFailed", "AuthenticationFailed"),
    ("BadRequest", "ClientError.BadRequest"), ("ExternalError.DirListingFailed.GCDisconnected", "GC_NOT_CONNECTED"),
)})
# fmt: on

_SAYS_NOTHING = {"ERROR", "ClientError", "ClientError.BadRequest", "BadRequest", "ExternalError", "UNKNOWN"}


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What can be said about a code. `words` is never empty; the others are when nothing is known.

    `cause`: what usually is behind it.
    """

    words: str
    cause: str = ""
    step: str = ""
    ask: str = ""

    def sentences(self) -> str:
        cause = f"likely cause: {self.cause}" if self.cause else ""
        parts = [self.words, cause, self.step, f"If in doubt, ask {self.ask}" if self.ask else ""]
        return " ".join(f"{part[0].upper()}{part[1:].rstrip('.')}." for part in parts if part)


def explain_error(code: str | None, text: str | None = None) -> ErrorText:
    """Everything known about a code; an unknown code, or none, is shown as the service put it."""
    entry = _look_up(code)
    return ErrorText(*entry) if entry else ErrorText(_raw(code, text))


def short_words(code: str | None, text: str | None = None) -> str:
    """A few words for a code. Where that is a bare HTTP status or a catch-all, the service's own words tell more."""
    entry = _look_up(code)
    if not entry:
        return _raw(code, text)
    line = one_line(text or "")
    if code is None or not line:
        return entry[0]
    if code.isdecimal():
        return f"{line} (HTTP {code})"
    return line if code in _SAYS_NOTHING else entry[0]


def _look_up(code: str | None) -> tuple[str, str, str, str] | None:
    """Dotted codes are looked up from the longest beginning to the shortest: their list of endings is open."""
    while code:
        if (entry := ERRORS.get(code)) is not None:
            return entry
        code = code.rpartition(".")[0]
    return None


def _raw(code: str | None, text: str | None) -> str:
    parts = [one_line(part) for part in (code, text) if part and one_line(part)]
    return ": ".join(parts) or "no reason given"
