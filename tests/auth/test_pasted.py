from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.auth.login import read_paste
from globus_tui.domain.auth.credentials import Secret
from globus_tui.domain.errors import BadInput

CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", min_size=16, max_size=60)
NOISE = st.text(" \t\r\n\x00\u00a0\u200b", max_size=6)
STATES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=30)


@given(CODES, NOISE, NOISE, st.integers(0, 15), NOISE)
def test_white_space_and_line_ends_do_not_matter(code: str, before: str, after: str, at: int, within: str) -> None:
    read = read_paste(before + code[:at] + within + code[at:] + after)
    assert read.code == Secret(code)
    assert read.state is None


@given(CODES, STATES, NOISE, st.booleans())
def test_a_whole_address_gives_code_and_state(code: str, state: str, noise: str, code_first: bool) -> None:
    pairs = [("code", code), ("state", state)]
    query = urlencode(pairs if code_first else pairs[::-1])
    read = read_paste(f"{noise}https://auth.globus.org/v2/web/auth-code?{query}{noise}")
    assert (read.code, read.state, read.error) == (Secret(code), state, None)


@given(st.text(max_size=300))
def test_junk_is_read_or_refused_in_words_but_never_crashes(junk: str) -> None:
    said, advice = outcome(junk)
    assert said
    assert advice
    assert len(junk.strip()) < 12 or junk.strip() not in f"{said} {advice}"


def outcome(junk: str) -> tuple[str, str]:
    try:
        read = read_paste(junk)
    except BadInput as refused:
        return str(refused), refused.advice
    return ("code" if read.code else "error" if read.error is not None else ""), "none needed"


@pytest.mark.parametrize(
    "pasted",
    [
        "\x1b[200~AbCdEf0123456789\x1b[201~",
        '"AbCdEf0123456789"',
        "<AbCdEf0123456789>",
        "Authorization Code: AbCdEf0123456789",
        "code=AbCdEf0123456789",
        "?code=AbCdEf0123456789&state=x",
        "AbCdEf01\n23456789\n",
        "http://localhost:8080/?state=x&code=AbCdEf0123456789#",
        "“AbCdEf0123456789”",
        "**AbCdEf0123456789**",
        "\u2068AbCdEf01\u200d23456789\u2069",
    ],
)
def test_common_ways_to_copy_a_code_work(pasted: str) -> None:
    assert read_paste(pasted).code == Secret("AbCdEf0123456789")
    assert read_paste(Secret(pasted)).code == Secret("AbCdEf0123456789")


def test_a_declined_login_is_understood() -> None:
    read = read_paste("https://x/v2/web/auth-code?error=access_denied&error_description=No+thanks&state=s")
    assert (read.error, read.description, read.state, read.code) == ("access_denied", "No thanks", "s", None)


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "Nothing"),
        (" \n ", "Nothing"),
        (
            "https://auth.globus.org/v2/oauth2/authorize?client_id=x&response_type=code&code_challenge=y",
            "link of step 1",
        ),
        ("https://app.globus.org/file-manager", "does not look like"),
        ("https://x/?code=", "no code in that address"),
        ("rm -rf ~ && echo $HOME", "does not look like"),
        ("x" * 9000, "too long"),
    ],
)
def test_what_is_no_code_is_said_to_be_none(pasted: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_paste(pasted)


def test_a_code_between_many_blanks_is_read_up_to_a_length() -> None:
    code = "AbCdEf0123456789"
    assert read_paste(code.ljust(8000)).code == Secret(code)
    with pytest.raises(BadInput, match="too long"):
        read_paste(code.ljust(8001))


def test_advice_says_what_to_copy() -> None:
    with pytest.raises(BadInput) as told:
        read_paste("https://auth.globus.org/v2/oauth2/authorize?code_challenge=y")
    assert told.value.advice == "Open it in a browser, allow the login, and paste the code that Globus shows then."
    for pasted in ("x" * 9000, "https://app.globus.org/file-manager"):
        with pytest.raises(BadInput) as told:
            read_paste(pasted)
        assert told.value.advice == "Copy only the code that Globus shows."
    with pytest.raises(BadInput) as told:
        read_paste("https://x/?code=")
    assert told.value.advice == "Copy the whole address, or only the code."
    with pytest.raises(BadInput) as told:
        read_paste("")
    assert told.value.advice.startswith("Paste the code")


def test_a_code_is_not_shown_by_what_holds_it() -> None:
    assert "AbCdEf" not in repr(read_paste("AbCdEf0123456789"))
