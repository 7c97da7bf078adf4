"""Parts of URLs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from globus_tui.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def segment(value: str) -> str:
    """One part of a path, quoted.

    Raises:
        BadInput: it is empty or would lead to another path.
    """
    if value in ("", ".", ".."):
        raise BadInput(f"{value!r} is no id.")
    return quote(value, safe="")


def pairs(query: Mapping[str, object]) -> list[tuple[str, str]]:
    """The query as pairs: None is left out, booleans are `true` and `false`, a list repeats its key."""
    found: list[tuple[str, str]] = []
    for key, value in query.items():
        many = value if isinstance(value, list | tuple) else (value,)
        found.extend((key, _plain(one)) for one in many if one is not None)
    return found


def joined(values: str | Iterable[str] | None) -> str | None:
    """Alternatives or fields in one parameter, joined by commas."""
    return values if values is None or isinstance(values, str) else ",".join(values)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)
