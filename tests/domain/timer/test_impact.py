"""What stops with a collection, or with somebody's account."""

from __future__ import annotations

from globus_tui.domain.timer.impact import causes, stopped_by
from globus_tui.domain.timer.job import Job
from globus_tui.domain.transfer.collection import Collection, CollectionKind
from tests.domain.samples import DAY, DESTINATION, NOW, SOURCE, TODAY_TICK, job_document, paused

DAILY = Job.from_document(job_document())
OVER = Job.from_document(job_document(job_id="e", name="over", status="ended"))


def test_what_stops_with_a_collection_is_listed_with_its_next_runs() -> None:
    resting = Job.from_document(job_document(job_id="p", name="resting", **paused("user")))
    found = stopped_by([resting, OVER, DAILY], {DESTINATION}, {}, NOW)
    assert [(one.job.name, len(one.runs)) for one in found] == [("climate-nightly-mirror", 3), ("resting", 0)]
    assert found[0].runs[0] == TODAY_TICK + DAY
    assert stopped_by([DAILY], {"elsewhere"}, {}, NOW) == []


def test_a_guest_collection_stops_with_its_host_and_with_whoever_shares_it_but_a_mapped_one_stays() -> None:
    guest = Collection(DESTINATION, "Lab share", CollectionKind.GUEST, owner="ada@lab", mapped_collection_id="host")
    known = {
        DESTINATION: guest,
        SOURCE: Collection(SOURCE, "Archive", CollectionKind.MAPPED, owner="ops@lab"),
        "host": Collection("host", "Depot", CollectionKind.MAPPED),
    }
    found = causes([DAILY, OVER], known, "me@lab")
    assert [(one.name, one.kind) for one in found] == [
        ("ada@lab", "identity"),
        ("Archive", "collection"),
        ("Depot", "collection"),
        ("Lab share", "collection"),
        ("me@lab", "identity"),
    ]
    for one in found:
        assert [hit.key for hit in stopped_by([DAILY, OVER], one.collections, known, NOW)] == [DAILY.job_id]
    assert [one.name for one in found if one.meant_by("Ada@")] == ["ada@lab"]
    assert [one.name for one in found if one.meant_by(" ")] == []
    assert [one.name for one in causes([OVER], known, None)] == []
