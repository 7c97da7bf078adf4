"""Every code that the services are known to send has words; any other is shown as it came, never blank."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.present.error_words import ERRORS, explain_error, short_words

EVENTS_LISTED = """
STARTED PROGRESS SUCCEEDED PAUSED UNPAUSED CANCELED EXPIRED ACL_CHANGED AMBIGUOUS_PATH AUTH CLOCK CONNECT_FAILED
CONNECTION_BROKEN CONNECTION_RESET ENDPOINT_ERROR ENDPOINT_TOO_BUSY EXTERNAL_CHECKSUM_MISMATCH FILE_NOT_FOUND
FILE_SIZE_CHANGED GC_NOT_CONNECTED GC_PAUSED GSI_DN_MISMATCH INTERNAL_ERROR INVALID_PATH_NAME
INVALID_SERVICE_CREDENTIAL INVALID_SYMLINK IS_A_DIRECTORY IS_A_FILE LIMIT_EXCEEDED MPU_NOT_FOUND
NO_APPEND_FILESYSTEM NO_CREDENTIALS NO_PHYSICALS NO_SPACE_LEFT NOT_A_DIRECTORY NOT_A_FILE NOT_A_SYMLINK
PERMISSION_DENIED QUOTA_EXCEEDED TIMEOUT UNKNOWN VERIFY_CHECKSUM ABEND FILE_ACCESS INACTIVE Queued OK
"""
EVENTS = EVENTS_LISTED.split()
API_LISTED = """
ClientError.NotFound NotFound EndpointPermissionDenied ConsentRequired AuthPolicyFailed PermissionDenied
ExternalError.DirListingFailed.NotDirectory ExternalError.DirListingFailed.LoginFailed
ExternalError.DirListingFailed.GCDisconnected ExternalError.DirListingFailed
ExternalError.DirListingFailed.PermissionDenied ExternalError.DirListingFailed.ConnectFailed
ExternalError.DirListingFailed.SizeLimit EndpointError ServiceUnavailable OperationPaused NotSupported
ClientError.AuthenticationFailed AuthenticationFailed ExternalError.MkdirFailed.Exists
ClientError.BadRequest.NoTransferItems ClientError.BadRequest BadRequest EndpointNotFound EndpointDeleted
Conflict TaskNotFound AuthorizationRequired AuthenticationPolicyRequired AuthorizationParameters UNAUTHORIZED
FORBIDDEN invalid_grant dependent_consent_required DEPENDENT_CONSENT_REQUIRED ERROR 400 401 403 404 409 422 429
500 502 503 504
"""
API = API_LISTED.split()


LIFE = {"STARTED", "PROGRESS", "SUCCEEDED", "UNPAUSED", "OK"}


@pytest.mark.parametrize("code", EVENTS + API)
def test_every_code_of_the_reference_has_words_of_its_own(code: str) -> None:
    assert code in ERRORS
    assert explain_error(code).words
    assert short_words(code) == explain_error(code).words


@pytest.mark.parametrize("code", [code for code in ERRORS if code not in LIFE])
def test_whatever_is_trouble_says_what_to_do_or_whom_to_ask(code: str) -> None:
    found = explain_error(code)
    assert (
        found.step or found.ask or found.cause or code in ("Queued", "NotSupported", "ExternalError.MkdirFailed.Exists")
    )


def test_a_longer_code_is_understood_by_its_beginning() -> None:
    assert short_words("ExternalError.DirListingFailed.Novelty") == "folder could not be listed"
    assert short_words("ClientError.BadRequest.Novelty.More") == "request not understood"


@given(st.text() | st.none(), st.text() | st.none())
def test_no_code_and_no_text_is_ever_shown_blank(code: str | None, text: str | None) -> None:
    for words in (short_words(code, text), explain_error(code, text).words, explain_error(code, text).sentences()):
        assert words.strip()
        assert "\n" not in words


def test_an_unknown_code_is_shown_raw_with_its_text() -> None:
    assert short_words("SOLAR_FLARE", "the sun\n did it") == "SOLAR_FLARE: the sun did it"
    assert explain_error("SOLAR_FLARE").words == "SOLAR_FLARE"
    assert short_words(None) == "no reason given"


def test_where_a_code_says_nothing_the_services_words_are_shown() -> None:
    assert short_words("500", "boom") == "boom (HTTP 500)"
    assert short_words("ERROR", "boom") == "boom"
    assert short_words("QUOTA_EXCEEDED", "long story") == "quota exceeded"


def test_the_whole_of_it_reads_as_sentences() -> None:
    assert explain_error("QUOTA_EXCEEDED").sentences() == (
        "Quota exceeded. Likely cause: the account's quota is used up. Free space or ask for more quota. "
        "If in doubt, ask the storage's administrator."
    )
