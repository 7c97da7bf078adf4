"""Errors in words for the user."""

from __future__ import annotations

from globus_tui.domain.errors import SettingsError


def test_what_is_wrong_and_what_to_do_are_two_sentences() -> None:
    assert SettingsError("a is missing", advice="Set it.").in_full == "a is missing. Set it."
    assert SettingsError("Is it there?", advice="Set it.").in_full == "Is it there? Set it."
    assert SettingsError("a is missing").in_full == "a is missing"
