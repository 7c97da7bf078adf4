"""How a transfer will turn out. A plan is a plain document, so that the seeded world and tests can write one:

`seconds` how long it takes · `files` found in the source · `unchanged` of them not copied (sync) · `bytes` moved ·
`directories` · `faults` recovered errors, of code `fault` · `skipped` files skipped for `skip_code` ·
`outcome` `SUCCEEDED` or `FAILED`, then `error` (an event code) and `moved` (share done by then) ·
`hold` (`PAUSED`, `NO_CREDENTIALS`, `GC_NOT_CONNECTED`) stops it at the share `hold_at` · `spread` varies the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.sandbox.transfer_paths import find

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Collection, Document, Entry

_ENOUGH = 2_000
"""Entries counted before the rest is left out: trees have no end."""
_BYTES_A_SECOND = 350_000_000


def estimate(collections: list[Collection], document: Document) -> Document:
    """A plan from what really is in the source tree; a missing source file makes it fail."""
    source = collections[0]
    if not all(one.connected for one in collections):
        return {"seconds": 60, "hold": "GC_NOT_CONNECTED", "hold_at": 0.0, "files": 1, "bytes": 0}
    plan: Document = {"files": 0, "bytes": 0, "directories": 0, "skipped": 0, "spread": 0.0}
    items = document.get("DATA", [])
    for item in items:
        entry = find(source, str(item.get("source_path", item.get("path", "/"))))
        if entry is None:
            failed = {"seconds": 20, "outcome": "FAILED", "error": "FILE_NOT_FOUND", "faults": 2}
            return {**plan, **failed, "files": len(items)}
        if entry.forbidden:
            return {**plan, "seconds": 15, "outcome": "FAILED", "error": "PERMISSION_DENIED", "faults": 2}
        _count(entry, plan)
    plan["seconds"] = max(8, plan["bytes"] / _BYTES_A_SECOND + plan["files"] * 0.05)
    return plan


def _count(entry: Entry, plan: Document) -> None:
    waiting, seen = [entry], 0
    while waiting and seen < _ENOUGH:
        one = waiting.pop()
        seen += 1
        if one.is_folder:
            plan["directories"] += 1
            waiting.extend(one.contents().values())
        else:
            plan["files"] += 1
            plan["bytes"] += one.size
