"""What became of timers that were to be made together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.store.creation_outcome import GroupCreation


def group_words(group: GroupCreation, wanted: int) -> str:
    """How many of them there are, and what else an earlier attempt left; empty when there is nothing to say."""
    made = len(group.made)
    there = sum(one.found_again for one in group.made)
    said = []
    if group.stopped_by is None:
        before = f" ({there} of them were there already)" if there else ""
        said.append(f"Created {wanted} timers that keep the schedule together{before}; the list shows them as one row.")
    elif made:
        said.append(f"{made} of {wanted} timers are there; going on makes only the others.")
    if group.others:
        named = ", ".join(job.label for job in group.others[:3]) + (" …" if len(group.others) > 3 else "")
        said.append(f"Made before the draft was changed, and still there: {named}.")
    return " ".join(said)
