"""The contents of a token file: JSON with one sign-in for each profile, which no crash report shows."""

from __future__ import annotations

import json
from typing import Any

from globus_tui.auth.records import ProfileKey, SignIn, decode, encode
from globus_tui.domain.credentials import Secret


class TokenDocument:
    """All sign-ins of a file. Entries that this version cannot read are carried along unchanged."""

    __slots__ = ("_sign_ins",)

    def __init__(self) -> None:
        self._sign_ins: Any = {}

    @classmethod
    def parse(cls, text: Secret | None) -> TokenDocument | None:
        """Reads a file; an empty or missing one has no sign-ins. None when it is damaged."""
        document = cls()
        if not text:
            return document
        try:
            document._sign_ins = json.loads(text.reveal())["sign_ins"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return document if isinstance(document._sign_ins, dict) else None

    def render(self) -> Secret:
        """What to write."""
        return Secret(json.dumps({"version": 1, "sign_ins": self._sign_ins}, indent=1))

    def profiles(self) -> tuple[ProfileKey, ...]:
        """Who has an entry."""
        return tuple(filter(None, map(ProfileKey.parse, self._sign_ins)))

    def get(self, key: ProfileKey) -> SignIn | None:
        """The sign-in of a profile."""
        return decode(self._sign_ins.get(str(key)))

    def put(self, key: ProfileKey, sign_in: SignIn | None) -> None:
        """Sets the sign-in of a profile; None removes it."""
        self._sign_ins.pop(str(key), None)
        if sign_in is not None:
            self._sign_ins[str(key)] = encode(sign_in)

    def __repr__(self) -> str:
        return f"TokenDocument({len(self._sign_ins)} sign-ins)"
