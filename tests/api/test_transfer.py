from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from globus_tui.api.transfer import TransferClient
from globus_tui.domain.errors import ErrorKind, TransferAPIError, UnreadableAnswer
from globus_tui.domain.transfer.transfer import TransferData

if TYPE_CHECKING:
    from globus_tui.api.http import Connection


@pytest.fixture
def transfer(connection: Connection, tokens: Any) -> TransferClient:
    return TransferClient(connection, tokens)


async def test_a_deleted_collection_is_shown_as_deleted(wire: Any, transfer: TransferClient) -> None:
    wire.answers(httpx.Response(404, json={"code": "EndpointDeleted", "message": "Endpoint 'c1' has been deleted"}))
    found = await transfer.get_endpoint("c1")
    assert (found.collection_id, found.name, found.deleted) == ("c1", "c1", True)


async def test_a_collection_that_never_was_is_an_error(wire: Any, transfer: TransferClient) -> None:
    wire.answers(httpx.Response(404, json={"code": "EndpointNotFound", "message": "No such endpoint"}))
    with pytest.raises(TransferAPIError) as caught:
        await transfer.get_endpoint("c1")
    assert caught.value.kind is ErrorKind.NOT_FOUND


@pytest.mark.parametrize(
    ("said", "marker"),
    [
        ({"total": 5}, "4"),
        ({"total": 4}, None),
        ({"has_next_page": True}, "4"),
        ({"has_next_page": False}, None),
        ({"has_next_page": False, "total": 99}, None),
        ({}, "4"),
    ],
)
async def test_a_page_knows_whether_another_follows(
    wire: Any, transfer: TransferClient, said: dict[str, Any], marker: str | None
) -> None:
    wire.answers({"DATA": [{"code": "e3"}, {"code": "e4"}], **said})
    page = await transfer.task_events("t", limit=2, offset=2)
    assert page.marker == marker
    assert [event.code for event in page.items] == ["e3", "e4"]


async def test_many_tasks_are_asked_for_in_few_requests(wire: Any, tokens: Any) -> None:
    async def handle(request: httpx.Request) -> httpx.Response:
        wire.requests.append(request)
        ids = request.url.params["filter"].removeprefix("task_id:").split(",")
        return httpx.Response(200, json={"DATA": [{"task_id": one, "status": "ACTIVE"} for one in ids], "total": 1})

    wire.handle = handle
    async with wire.connect() as connection:
        client = TransferClient(connection, tokens)
        wanted = [f"task-{n}" for n in range(90)]
        found = await client.tasks_by_id([*wanted, "task-0", "", "odd/id", "a,b"])
    assert sorted(task.task_id for task in found) == sorted(wanted)
    assert len(wire.requests) == 2
    assert max(len(str(request.url)) for request in wire.requests) < 4000


async def test_no_tasks_cost_no_request(wire: Any, transfer: TransferClient) -> None:
    assert await transfer.tasks_by_id([]) == ()
    assert wire.requests == []


@pytest.mark.parametrize(
    ("said", "marker"), [({"next_marker": 93979}, "93979"), ({"next_marker": None}, None), ({}, None)]
)
async def test_files_are_read_page_by_page(
    wire: Any, transfer: TransferClient, said: dict[str, Any], marker: str | None
) -> None:
    wire.answers({"DATA": [{"source_path": "/a", "destination_path": None, "size": 5}], **said})
    page = await transfer.successful_transfers("t1")
    assert page.marker == marker
    assert (page.items[0].source_path, page.items[0].destination_path) == ("/a", None)


async def test_a_lost_submission_is_repeated_under_the_same_id(wire: Any, transfer: TransferClient) -> None:
    wire.answers({"value": "s1"}, httpx.ReadTimeout(""), {"code": "Duplicate", "task_id": "t1", "message": "again"})
    made = await transfer.submit_transfer(TransferData("a", "b"))
    assert (made.task_id, made.duplicate) == ("t1", True)
    assert wire.requests[1].content == wire.requests[2].content
    assert wire.sent_json()["submission_id"] == "s1"


async def test_an_acceptance_without_a_task_is_unreadable(wire: Any, transfer: TransferClient) -> None:
    wire.answers({"code": "Accepted"})
    with pytest.raises(UnreadableAnswer, match="without a task id"):
        await transfer.submit_transfer(TransferData("a", "b", submission_id="s"))


async def test_a_folder_says_where_it_is_and_what_the_storage_does_not_know(
    wire: Any, transfer: TransferClient
) -> None:
    wire.answers(
        {"path": "/raw/", "total": 2, "DATA": [{"name": "d", "type": "dir"}, {"name": "f", "type": "file", "size": 0}]}
    )
    folder = await transfer.ls("c1")
    assert (folder.path, folder.total) == ("/raw/", 2)
    assert [(entry.name, entry.is_folder, entry.size) for entry in folder.entries] == [
        ("d", True, None),
        ("f", False, 0),
    ]


async def test_the_words_of_a_cancellation_are_passed_on(wire: Any, transfer: TransferClient) -> None:
    wire.answers({"code": "Canceled", "message": "The task has been cancelled successfully."})
    assert await transfer.cancel_task("t1") == "The task has been cancelled successfully."
