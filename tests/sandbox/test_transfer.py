"""Transfer as a client meets it: finding, looking, submitting, watching, canceling."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import globus_sdk
import httpx
import pytest

from globus_tui.sandbox.clock import Clock
from globus_tui.sandbox.serve import running
from globus_tui.sandbox.service import InProcessTransport, make_app
from globus_tui.sandbox.state import TRANSFER_ALL, TRANSFER_SERVER, Sandbox, Session, Token
from globus_tui.sandbox.world.collections import POLICY_ID, collection_id
from globus_tui.sandbox.world.flows import NATIVE_CLIENT_ID, OPS_ID
from globus_tui.sandbox.world.history import facility

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

START = datetime(2026, 11, 21, 20, 32, 17, tzinfo=UTC)
TOKEN = "a-token-for-transfer"


@pytest.fixture
def world() -> Sandbox:
    sandbox = facility(Clock(START, speed=0))
    session = Session("test", {OPS_ID: START})
    scopes = frozenset({TRANSFER_ALL})
    sandbox.tokens[TOKEN] = Token(
        TOKEN, "access", NATIVE_CLIENT_ID, OPS_ID, TRANSFER_SERVER, scopes, START, None, session
    )
    return sandbox


@pytest.fixture
async def web(world: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = InProcessTransport(make_app(world))
    header = {"authorization": f"Bearer {TOKEN}"}
    base = "https://transfer.api.globus.org/v0.10"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers=header) as one:
        yield one


def ls_of(key: str) -> str:
    return f"/operation/endpoint/{collection_id(key)}/ls"


async def names_in(web: httpx.AsyncClient, key: str, path: str, **query: Any) -> list[str]:
    answer = await web.get(ls_of(key), params={"path": path, **query})
    assert answer.status_code == 200, answer.text
    return [entry["name"] for entry in answer.json()["DATA"]]


def a_transfer(**fields: Any) -> dict[str, Any]:
    item = {"DATA_TYPE": "transfer_item", "source_path": "/raw/", "destination_path": "/x/", "recursive": True}
    return {
        "DATA_TYPE": "transfer",
        "submission_id": str(uuid.uuid4()),
        "source_endpoint": collection_id("beam"),
        "destination_endpoint": collection_id("depot"),
        "DATA": [item],
        **fields,
    }


async def test_a_search_ranks_names_above_descriptions(web: httpx.AsyncClient) -> None:
    found = (await web.get("/endpoint_search", params={"filter_fulltext": "archive campus"})).json()
    assert found["DATA"][0]["display_name"] == "Campus Archive"
    ranks = [one["_rank"] for one in found["DATA"]]
    assert ranks == sorted(ranks, reverse=True)


async def test_a_search_ignores_punctuation_plurals_and_case(web: httpx.AsyncClient) -> None:
    found = (await web.get("/endpoint_search", params={"filter_fulltext": "OBSERVATORIES' dtn observ"})).json()
    assert found["DATA"] == []
    found = (await web.get("/endpoint_search", params={"filter_fulltext": "the Observ, DTNs"})).json()
    assert [one["display_name"] for one in found["DATA"]] == ["Observatory DTN"]


@pytest.mark.parametrize("text", ["the of", "--- !!", "  a  "])
async def test_a_search_for_stop_words_or_signs_finds_nothing(web: httpx.AsyncClient, text: str) -> None:
    answer = await web.get("/endpoint_search", params={"filter_fulltext": text})
    assert (answer.status_code, answer.json()["DATA"]) == (200, [])


async def test_a_missing_file_has_the_code_that_the_official_cli_looks_for(web: httpx.AsyncClient) -> None:
    place = f"/operation/endpoint/{collection_id('beam')}"
    looked = (await web.get(f"{place}/stat", params={"path": "/raw/nothing-here"})).json()
    listed = (await web.get(f"{place}/ls", params={"path": "/raw/nothing-here"})).json()
    assert (looked["code"], listed["code"]) == ("NotFound", "ClientError.NotFound")
    assert all("/raw/nothing-here" in one["message"] for one in (looked, listed))


async def test_clients_of_older_days_get_what_they_ask_for(web: httpx.AsyncClient, world: Sandbox) -> None:
    answer = (await web.post(f"/endpoint/{collection_id('beam')}/autoactivate")).json()
    assert answer["code"].startswith("AutoActivated")
    guests = [one.document for one in world.collections.values() if one.document["host_endpoint_id"]]
    assert guests
    assert all(one["host_endpoint"] == one["host_endpoint_id"] for one in guests)


async def test_a_search_pages(web: httpx.AsyncClient) -> None:
    query: dict[str, Any] = {"filter_scope": "my-endpoints", "limit": 5}
    first = (await web.get("/endpoint_search", params=query)).json()
    second = (await web.get("/endpoint_search", params={**query, "offset": 5})).json()
    assert first["has_next_page"] is True
    assert {one["id"] for one in first["DATA"]}.isdisjoint(one["id"] for one in second["DATA"])


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"filter_scope": "sideways"},
        {"filter_scope": "my-endpoints", "filter_owner_id": OPS_ID},
        {"filter_fulltext": "x", "filter_entity_type": "GCSv5_endpoint", "filter_non_functional": "0"},
    ],
)
async def test_a_search_that_makes_no_sense_is_refused(web: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await web.get("/endpoint_search", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


async def test_a_deleted_collection_says_so(web: httpx.AsyncClient) -> None:
    gone = await web.get(f"/endpoint/{collection_id('gone')}")
    never = await web.get(f"/endpoint/{uuid.uuid4()}")
    assert (gone.status_code, gone.json()["code"]) == (404, "EndpointDeleted")
    assert (never.status_code, never.json()["code"]) == (404, "EndpointNotFound")


async def test_every_collection_has_a_full_document(web: httpx.AsyncClient, world: Sandbox) -> None:
    kinds = set()
    for key, one in world.collections.items():
        if one.deleted:
            continue
        document = (await web.get(f"/endpoint/{key}")).json()
        assert len(document) > 70
        kinds.add(document["entity_type"])
    assert kinds >= {
        "GCSv5_endpoint",
        "GCSv5_mapped_collection",
        "GCSv5_guest_collection",
        "GCP_mapped_collection",
        "GCP_guest_collection",
    }


async def test_folders_go_down_for_ever_and_stay_the_same(web: httpx.AsyncClient) -> None:
    path = "/scratch/ops/"
    for _ in range(12):
        answer = (await web.get(ls_of("scratch"), params={"path": path})).json()
        folders = [one["name"] for one in answer["DATA"] if one["type"] == "dir" and one["name"] != ".git"]
        assert folders
        again = (await web.get(ls_of("scratch"), params={"path": path})).json()
        assert again == answer
        path += folders[0] + "/"


async def test_without_a_path_the_home_folder_is_listed(web: httpx.AsyncClient) -> None:
    bare = (await web.get(ls_of("archive"))).json()
    home = (await web.get(ls_of("archive"), params={"path": "/~/"})).json()
    assert bare["DATA"] == home["DATA"]
    assert home["path"] == "/~/"
    assert home["absolute_path"] == "/home/ops/"


async def test_a_folder_of_ten_thousand_is_paged(web: httpx.AsyncClient) -> None:
    query: dict[str, Any] = {"path": "/scratch/many files", "limit": 3, "offset": 9_998}
    answer = (await web.get(ls_of("scratch"), params=query)).json()
    assert [one["name"] for one in answer["DATA"]] == ["part-09998.parquet", "part-09999.parquet"]
    assert (answer["length"], answer["total"]) == (2, 10_000)


async def test_hidden_files_can_be_left_out(web: httpx.AsyncClient) -> None:
    month = (await names_in(web, "beam", "/raw/"))[0]
    assert ".catalog.lock" in await names_in(web, "beam", f"/raw/{month}")
    assert ".catalog.lock" not in await names_in(web, "beam", f"/raw/{month}", show_hidden="False")


async def test_filters_within_one_are_all_required_and_several_are_alternatives(web: httpx.AsyncClient) -> None:
    path = "/scratch/odd names"
    both = await names_in(web, "scratch", path, filter="name:~*.csv/type:file")
    assert both
    assert all(name.endswith(".csv") for name in both)
    either = await names_in(web, "scratch", path, filter=["type:dir", "name:~*.csv"])
    assert set(either) == {*both, "[/foo]", "dossier été"}
    rest = await names_in(web, "scratch", path, filter="name:!~*.csv")
    assert set(rest).isdisjoint(both)


async def test_listings_are_ordered_by_what_was_asked(web: httpx.AsyncClient) -> None:
    answer = await web.get(ls_of("archive"), params={"path": "/archive/db", "orderby": "type DESC,size ASC"})
    sizes = [one["size"] for one in answer.json()["DATA"]]
    assert sizes == sorted(sizes)
    refused = await web.get(ls_of("archive"), params={"path": "/archive/db", "orderby": "colour"})
    assert refused.status_code == 400


async def test_odd_names_arrive_as_they_are(web: httpx.AsyncClient) -> None:
    names = await names_in(web, "scratch", "/scratch/odd names")
    assert {"\x1b[31mred\x1b[0m.log", "-rf", "$(reboot)", "[/foo]", "re\u0301sume\u0301 decomposed.pdf"} <= set(names)
    kinds = (await web.get(ls_of("scratch"), params={"path": "/scratch/odd names", "filter": "name:dangling"})).json()
    assert kinds["DATA"][0]["type"] == "invalid_symlink"


@pytest.mark.parametrize(
    ("key", "path", "status", "code"),
    [
        ("archive", "/nowhere", 404, "ClientError.NotFound"),
        ("archive", "/README.txt", 502, "ExternalError.DirListingFailed.NotDirectory"),
        ("archive", "/lost+found", 403, "EndpointPermissionDenied"),
        ("field", "/", 502, "ExternalError.DirListingFailed.GCDisconnected"),
        ("genome", "/", 502, "ExternalError.DirListingFailed.LoginFailed"),
        ("national", "/", 403, "ConsentRequired"),
        ("clinical", "/", 403, "AuthPolicyFailed"),
        ("tape", "/", 409, "OperationPaused"),
        ("facility", "/", 409, "NotSupported"),
        ("gone", "/", 404, "EndpointDeleted"),
    ],
)
async def test_a_folder_that_cannot_be_listed_says_why(
    web: httpx.AsyncClient, key: str, path: str, status: int, code: str
) -> None:
    answer = await web.get(ls_of(key), params={"path": path})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_requirements_ride_on_the_errors_in_the_forms_that_were_seen(web: httpx.AsyncClient) -> None:
    consent = (await web.get(ls_of("national"))).json()
    assert consent["required_scopes"] == consent["authorization_parameters"]["required_scopes"]
    policy = (await web.get(ls_of("clinical"))).json()["authorization_parameters"]
    assert policy["session_required_policies"] == POLICY_ID
    assert policy["session_required_mfa"] is True
    domain = (await web.get(ls_of("genome"))).json()["authorization_parameters"]
    assert domain["session_required_single_domain"] == ["uni.example.edu"]


async def test_a_folder_is_made_renamed_and_seen(web: httpx.AsyncClient) -> None:
    place = f"/operation/endpoint/{collection_id('archive')}"
    made = await web.post(f"{place}/mkdir", json={"DATA_TYPE": "mkdir", "path": "/archive/new"})
    assert made.json()["code"] == "DirectoryCreated"
    again = await web.post(f"{place}/mkdir", json={"DATA_TYPE": "mkdir", "path": "/archive/new"})
    assert again.json()["code"] == "ExternalError.MkdirFailed.Exists"
    moved = {"DATA_TYPE": "rename", "old_path": "/archive/new", "new_path": "/archive/newer"}
    assert (await web.post(f"{place}/rename", json=moved)).json()["code"] == "FileRenamed"
    stat = await web.get(f"{place}/stat", params={"path": "/archive/newer"})
    assert (stat.json()["name"], stat.json()["type"]) == ("newer", "dir")


async def test_a_transfer_progresses_and_ends(web: httpx.AsyncClient, world: Sandbox) -> None:
    sent = (await web.post("/transfer", json=a_transfer(label="by hand"))).json()
    assert sent["code"] == "Accepted"
    due = world.tasks[sent["task_id"]].ends_at
    assert due is not None
    half = (due - world.clock.now()) / 2
    world.clock.advance(half)
    task = (await web.get(f"/task/{sent['task_id']}")).json()
    assert (task["status"], task["nice_status"], task["completion_time"]) == ("ACTIVE", "OK", None)
    assert 0 < task["files_transferred"] < task["files"]
    assert task["effective_bytes_per_second"] == pytest.approx(task["bytes_transferred"] / half.total_seconds(), 0.01)
    world.clock.advance(half.total_seconds() + 1)
    task = (await web.get(f"/task/{sent['task_id']}")).json()
    assert (task["status"], task["nice_status"]) == ("SUCCEEDED", None)
    assert task["files_transferred"] == task["files"]
    assert task["completion_time"] == due.isoformat(timespec="seconds")


async def test_the_same_submission_twice_is_one_task(web: httpx.AsyncClient) -> None:
    body = a_transfer()
    first, second = [(await web.post("/transfer", json=body)).json() for _ in range(2)]
    assert (first["code"], second["code"]) == ("Accepted", "Duplicate")
    assert first["task_id"] == second["task_id"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"DATA": []}, 400, "ClientError.BadRequest.NoTransferItems"),
        ({"sync_level": 9}, 400, "ClientError.BadRequest"),
        ({"label": " outer space "}, 400, "ClientError.BadRequest"),
        ({"submission_id": None}, 400, "ClientError.BadRequest"),
        ({"source_endpoint": str(uuid.UUID(int=1))}, 404, "EndpointNotFound"),
        ({"source_endpoint": collection_id("gone")}, 404, "EndpointDeleted"),
        ({"source_endpoint": collection_id("national")}, 403, "ConsentRequired"),
        ({"destination_endpoint": collection_id("clinical")}, 403, "AuthPolicyFailed"),
    ],
)
async def test_a_transfer_that_cannot_be_is_refused(
    web: httpx.AsyncClient, fields: dict[str, Any], status: int, code: str
) -> None:
    answer = await web.post("/transfer", json=a_transfer(**fields))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_fourth_task_waits_until_one_ends(web: httpx.AsyncClient, world: Sandbox) -> None:
    world.unfinished.clear()
    world.active_limit = 3
    ids = [(await web.post("/transfer", json=a_transfer())).json()["task_id"] for _ in range(4)]
    states = [(await web.get(f"/task/{one}")).json()["nice_status"] for one in ids]
    assert states == ["OK", "OK", "OK", "Queued"]
    await web.post(f"/task/{ids[0]}/cancel")
    assert (await web.get(f"/task/{ids[3]}")).json()["nice_status"] == "OK"


async def test_a_canceled_task_has_failed_and_stays_so(web: httpx.AsyncClient, world: Sandbox) -> None:
    task_id = (await web.post("/transfer", json=a_transfer())).json()["task_id"]
    world.clock.advance(10)
    assert (await web.post(f"/task/{task_id}/cancel")).json()["code"] == "Canceled"
    world.clock.advance(100_000)
    task = (await web.get(f"/task/{task_id}")).json()
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", "CANCELED")
    assert task["completion_time"] == "2026-11-21T20:32:27+00:00"
    events = (await web.get(f"/task/{task_id}/event_list")).json()["DATA"]
    assert events[0]["code"] == "CANCELED"
    assert (await web.post(f"/task/{task_id}/cancel")).json()["code"] == "TaskComplete"


async def test_a_missing_source_makes_the_task_fail(web: httpx.AsyncClient, world: Sandbox) -> None:
    item = {"DATA_TYPE": "transfer_item", "source_path": "/raw/nothing.h5", "destination_path": "/x"}
    task_id = (await web.post("/transfer", json=a_transfer(DATA=[item]))).json()["task_id"]
    world.clock.advance(3600)
    task = (await web.get(f"/task/{task_id}")).json()
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", "FILE_NOT_FOUND")
    errors = (await web.get(f"/task/{task_id}/event_list", params={"filter": "is_error:1"})).json()
    assert errors["total"] >= 1
    assert all(one["is_error"] for one in errors["DATA"])


async def test_tasks_are_listed_by_id_status_label_and_time(web: httpx.AsyncClient) -> None:
    failed = (await web.get("/task_list", params={"filter": "status:FAILED/type:TRANSFER", "limit": 5})).json()
    assert {task["status"] for task in failed["DATA"]} == {"FAILED"}
    assert failed["total"] > failed["length"] == 5
    ids = [task["task_id"] for task in failed["DATA"]]
    same = (await web.get("/task_list", params={"filter": f"task_id:{','.join(ids)}"})).json()
    assert {task["task_id"] for task in same["DATA"]} == set(ids)
    named = (await web.get("/task_list", params={"filter": "label:~BEAMLINE-7-RAW*"})).json()
    assert named["total"] > 10
    recent: dict[str, Any] = {
        "filter": "request_time:2026-11-21 00:00:00,",
        "fields": "task_id,request_time",
        "limit": 1000,
    }
    listed = (await web.get("/task_list", params=recent)).json()["DATA"]
    assert all(set(task) == {"task_id", "request_time", "DATA_TYPE"} for task in listed)
    assert [task["request_time"] for task in listed] == sorted((t["request_time"] for t in listed), reverse=True)


async def test_files_moved_and_skipped_are_paged_by_marker(web: httpx.AsyncClient, world: Sandbox) -> None:
    skipping = next(
        task
        for task in world.tasks.values()
        if task.document["subtasks_skipped_errors"] > 150 and not task.document["history_deleted"]
    )
    for kind in ("skipped_errors", "successful_transfers"):
        rows: list[dict[str, Any]] = []
        marker: int | None = 0
        while marker is not None:
            page = (await web.get(f"/task/{skipping.task_id}/{kind}", params={"marker": marker})).json()
            rows, marker = rows + page["DATA"], page["next_marker"]
        assert len({row["source_path"] for row in rows}) == len(rows) > 100


async def test_a_paused_task_says_which_rule_holds_it(web: httpx.AsyncClient, world: Sandbox) -> None:
    held = next(task for task in world.tasks.values() if task.document["is_paused"])
    info = (await web.get(f"/task/{held.task_id}/pause_info")).json()
    assert "maintenance" in info["pause_rules"][0]["message"]
    free = next(task for task in world.tasks.values() if not task.document["is_paused"])
    assert (await web.get(f"/task/{free.task_id}/pause_info")).json()["pause_rules"] == []


async def test_bookmarks_come_and_go(web: httpx.AsyncClient) -> None:
    seeded = [one["name"] for one in (await web.get("/bookmark_list")).json()["DATA"]]
    assert seeded
    body = {"name": "raw data", "endpoint_id": collection_id("beam"), "path": "/raw/"}
    made = (await web.post("/bookmark", json=body)).json()
    assert (await web.post("/bookmark", json=body)).status_code == 409
    await web.put(f"/bookmark/{made['id']}", json={"name": "raw"})
    assert [one["name"] for one in (await web.get("/bookmark_list")).json()["DATA"]] == [*seeded, "raw"]
    await web.delete(f"/bookmark/{made['id']}")
    assert (await web.get(f"/bookmark/{made['id']}")).json()["code"] == "BookmarkNotFound"


async def test_strangers_see_neither_tasks_nor_bookmarks(web: httpx.AsyncClient, world: Sandbox) -> None:
    stranger = next(one for one in world.people if not world.owns(one, OPS_ID))
    world.tokens[TOKEN].identity_id = stranger
    some = next(iter(world.tasks))
    assert (await web.get(f"/task/{some}")).json()["code"] == "TaskNotFound"
    assert (await web.get("/task_list")).json()["total"] == 0


def test_the_official_sdk_completes_a_journey(world: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(world) as base_url:
        monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_TRANSFER", base_url)
        with globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(TOKEN)) as client:
            found = next(iter(client.endpoint_search("Beamline")))
            assert client.get_endpoint(found["id"])["display_name"] == "Beamline 7 Data"
            runs = list(client.operation_ls(found["id"], path="/raw/", orderby="name DESC"))
            data = globus_sdk.TransferData(found["id"], collection_id("depot"), label="journey")
            data.add_item(f"/raw/{runs[0]['name']}/", "/inbox/", recursive=True)
            sent = client.submit_transfer(data)
            assert client.get_task(sent["task_id"])["status"] == "ACTIVE"
            assert client.task_list(limit=1)["DATA"][0]["label"] == "journey"
            assert client.task_pause_info(sent["task_id"])["pause_rules"] == []
            client.cancel_task(sent["task_id"])
            assert client.get_task(sent["task_id"])["status"] == "FAILED"
            assert next(one["code"] for one in client.task_event_list(sent["task_id"])) == "CANCELED"
            assert list(client.task_skipped_errors(sent["task_id"])) == []
            assert sum(1 for _ in client.paginated.task_list().items()) == 1000
            with pytest.raises(globus_sdk.TransferAPIError) as caught:
                client.operation_ls(collection_id("national"), path="/")
            assert caught.value.info.consent_required
