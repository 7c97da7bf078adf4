from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from globus_tui.sandbox.auth.tokens import challenge_of
from tests.sandbox.headless import CHROMIUM, browser
from tests.sandbox.test_auth_page import TREE
from tests.sandbox.test_auth_tokens import VERIFIER, link

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Sandbox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]


def test_a_real_browser_signs_in_with_a_second_factor_and_shows_the_code(small: Sandbox, served: str) -> None:
    url = link(TREE, redirect_uri=f"{served}v2/web/auth-code", session_required_mfa="True")
    with browser() as page:
        page.open(url.replace("https://auth.globus.org/", served))
        assert "Globus SDK Tutorial" in page.ask("document.title")
        assert page.ask("document.querySelectorAll('ul ul ul li').length") == 1
        page.follow("document.querySelector('button[value=allow]').click()")
        assert "second factor is required" in page.ask("document.querySelector('[role=alert]').textContent")
        page.ask("document.querySelector('input[name=mfa]').click()")
        page.follow("document.querySelector('button[value=allow]').click()")
        code = page.ask("document.getElementById('auth-code').value")
    kept = small.codes[code]
    assert kept["challenge"] == challenge_of(VERIFIER)
    assert kept["session"].mfa
