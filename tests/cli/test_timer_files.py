"""`export` and `create --from-file` against a served sandbox: the same document, exit codes, and no full screen."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import globus_sdk
import pytest
from globus_sdk.scopes import TimersScopes

from globus_tui.cli import run
from globus_tui.domain.making.new_timer import with_defaults
from globus_tui.domain.schedule.schedule import RecurringSchedule, next_ticks, wire_moment
from globus_tui.domain.timer.job import FlowStart, Job
from globus_tui.domain.transfer.transfer import TransferData
from globus_tui.sandbox.faults import Fault, Kind
from globus_tui.sandbox.serve import environment
from globus_tui.sandbox.world.flows import flow_id
from tests.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from globus_tui.sandbox.state import Timer

MADE, NOT_MADE, MISUSED, UNSURE = 0, 1, 2, 3


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The facility with its operator signed in."""
    with serving() as one:
        for name, value in one.variables().items():
            monkeypatch.setenv(name, value)
        asyncio.run(one.sign_in())
        yield one


class Shell:
    """Runs commands and keeps what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys = capsys
        self.file = folder / "timer.json"
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        code = run(arguments)
        self.out, self.err = self._capsys.readouterr()
        return code

    def create(self, *more: str) -> int:
        """Create from the file."""
        return self("create", "--from-file", str(self.file), *more)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    return Shell(capsys, tmp_path)


def timer(served: Served, name: str) -> Timer:
    return next(one for one in served.sandbox.timers.values() if one.name == name)


def job(served: Served, job_id: str) -> Job:
    """As the service describes it."""
    from globus_tui.sandbox.timers.routes import job_document

    return Job.from_document(job_document(served.sandbox.timers[job_id], served.sandbox.clock.now(), [], None))


def test_what_is_exported_makes_the_same_timer_again(served: Served, shell: Shell) -> None:
    old = timer(served, "db-dumps")
    assert shell("export", old.job_id) == MADE
    shell.file.write_text(shell.out)
    assert shell.create() == MADE
    new = served.sandbox.timers[shell.out.strip()]
    assert new.body == {key: value for key, value in old.body.items() if value is not None}
    assert (new.name, new.interval, new.stop_after_n) == (old.name, old.interval, old.stop_after_n)


def test_when_the_source_of_a_mirror_alarms_goes_with_its_file(served: Served, shell: Shell) -> None:
    assert shell("export", timer(served, "nightly-project-mirror").job_id) == MADE
    document = json.loads(shell.out)
    assert "guards" not in document
    shell.file.write_text(json.dumps({**document, "guards": {"fewer_percent": 40}}))
    assert shell.create("--deletes", "projects") == MADE
    assert shell("export", shell.out.strip()) == MADE
    assert json.loads(shell.out)["guards"] == {"fewer_percent": 40}


def test_what_a_timer_of_the_past_needs_is_said_beside_the_document_and_suffices(served: Served, shell: Shell) -> None:
    now = served.sandbox.clock.now()
    once, old = timer(served, "db-dumps"), timer(served, "nightly-project-mirror")
    once.interval, once.start = None, now - timedelta(hours=1)
    assert shell("export", once.job_id) == MADE
    document = json.loads(shell.out)
    assert "schedule" not in document["timer"]
    first, second = shell.err.splitlines()
    assert "schedule" in first
    document["timer"]["schedule"] = json.loads(second.partition('"schedule": ')[2])
    shell.file.write_text(json.dumps(document))
    assert shell.create() == MADE
    assert served.sandbox.timers[shell.out.strip()].start > now
    old.stop_at = now - timedelta(minutes=5)
    assert shell("export", old.job_id) == MADE
    assert f"ended {old.stop_at:%Y-%m-%d %H:%M} UTC" in shell.err
    assert "end" in json.loads(shell.out)["timer"]["schedule"]
    assert shell("export", timer(served, "home-backup").job_id) == MADE
    assert shell.err == ""


def test_every_timer_of_the_facility_comes_through_a_file(served: Served, shell: Shell) -> None:
    """Bodies of both versions of the service, flows, odd names."""
    from globus_tui.store.drafts import read_timer_file

    compared = 0
    for old in list(served.sandbox.timers.values()):
        before = job(served, old.job_id)
        if before.transfer is None and not isinstance(before.payload, FlowStart):
            continue
        if shell("export", old.job_id) != MADE:
            continue  # of somebody else
        shell.file.write_text(shell.out)
        draft = read_timer_file(shell.file)
        assert draft.name == (before.name or "")
        if isinstance(before.payload, FlowStart):
            assert dict(draft.flow.inputs) == dict(before.payload.inputs)
        elif before.transfer is not None:
            assert draft.transfer == replace(before.transfer, submission_id=None)
        compared += 1
    assert compared > 50


def test_a_dry_run_checks_everything_prints_the_request_and_sends_nothing(served: Served, shell: Shell) -> None:
    shell("export", timer(served, "db-dumps").job_id)
    shell.file.write_text(shell.out)
    before = len(served.sandbox.timers)
    assert shell.create("--dry-run") == MADE
    assert json.loads(shell.out)["timer"]["name"] == "db-dumps"
    assert "WARN Another timer has this name" in shell.err
    assert "ok   All consents are there" in shell.err
    assert len(served.sandbox.timers) == before


def test_the_printed_request_made_by_the_official_sdk_gives_an_equal_timer(
    served: Served, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("export", timer(served, "nightly-project-mirror").job_id)
    shell.file.write_text(shell.out)
    monkeypatch.setenv("GLOBUS_TUI_CLIENT_ID", "")
    account = environment(served.sandbox, served.url)
    for name in ("GLOBUS_TUI_CLIENT_ID", "GLOBUS_TUI_CLIENT_SECRET"):
        monkeypatch.setenv(name, account[name])
    assert shell.create("--dry-run") == MADE, shell.err
    asked: dict[str, Any] = json.loads(shell.out)["timer"]
    assert shell.create("--deletes", asked["body"]["DATA"][0]["destination_path"].strip("/").split("/")[-1]) == MADE
    with globus_sdk.ConfidentialAppAuthClient(
        account["GLOBUS_TUI_CLIENT_ID"], account["GLOBUS_TUI_CLIENT_SECRET"]
    ) as app:
        signer = globus_sdk.ClientCredentialsAuthorizer(app, TimersScopes.timer)
        with globus_sdk.TimersClient(authorizer=signer) as client:
            theirs = client.create_timer(asked)["timer"]
            ours = client.get_job(shell.out.strip()).data
            theirs = client.get_job(theirs["job_id"]).data
    different = {key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)}
    assert different <= {"job_id", "submitted_at"}


def test_a_mirror_that_deletes_wants_its_folder_named(served: Served, shell: Shell) -> None:
    old = timer(served, "nightly-project-mirror")
    shell("export", old.job_id)
    shell.file.write_text(shell.out)
    assert shell.create() == MISUSED
    assert "--deletes" in shell.err
    assert [one.name for one in served.sandbox.timers.values()].count(old.name) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("{", "Line 1"),
        ("[]", "must be a JSON object"),
        ('{"timer": {"timer_type": "transfer", "colour": "red"}}', "unknown “colour”"),
        ('{"timer": {"job_id": "a-b", "activity": {}}}', "globus-tui export a-b"),
        ('{"transfer": {"DATA_TYPE": "delete"}}', "“DATA_TYPE” cannot be 'delete'"),
        ('{"transfer": {"DATA": [{"DATA_TYPE": "delete_item", "path": "/x"}]}}', "“DATA_TYPE” cannot be 'delete_item'"),
        ('\ufeff{"timer": {"name": "a", "name": "b"}}', "“name” is said twice"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(served: Served, shell: Shell, text: str, words: str) -> None:
    shell.file.write_text(text)
    assert shell.create() == MISUSED
    assert words in shell.err


def test_what_may_not_be_sent_is_not(served: Served, shell: Shell) -> None:
    shell("export", timer(served, "db-dumps").job_id)
    document = json.loads(shell.out)
    document["timer"]["schedule"]["interval_seconds"] = 30
    shell.file.write_text(json.dumps(document))
    before = len(served.sandbox.timers)
    assert shell.create() == NOT_MADE
    assert "STOP 30 seconds is too short" in shell.err
    assert len(served.sandbox.timers) == before


def test_a_refusal_is_told_and_leaves_no_draft(served: Served, shell: Shell) -> None:
    shell("export", timer(served, "db-dumps").job_id)
    shell.file.write_text(shell.out)
    served.sandbox.faults.add(Fault("/v2/timer", method="POST", status=422, body={"error": {"detail": "not today"}}))
    assert shell.create() == NOT_MADE
    assert "not today" in shell.err
    assert shell.out == ""


@pytest.mark.parametrize(("kind", "code", "made"), [("lose", MADE, 1), ("reset", UNSURE, 0)])
def test_a_lost_answer_is_looked_into_and_never_sent_again(
    served: Served, shell: Shell, monkeypatch: pytest.MonkeyPatch, kind: Kind, code: int, made: int
) -> None:
    monkeypatch.setattr("globus_tui.store.creation.LOOKS", (0.0,))
    shell("export", timer(served, "db-dumps").job_id)
    shell.file.write_text(shell.out)
    before = len(served.sandbox.timers)
    fault = served.sandbox.faults.add(Fault("/v2/timer", method="POST", kind=kind, times=None))
    assert shell.create() == code, shell.err
    assert fault.seen == 1, "it was sent again"
    assert len(served.sandbox.timers) - before == made
    assert len(shell.out.split()) == made


def test_standard_input_is_a_file_too(served: Served, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("export", timer(served, "db-dumps").job_id)
    text = shell.out.replace("db-dumps", "Zürich")
    for locale in ("latin-1", "ascii", "utf-8"):  # a file is in UTF-8 in all of them
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), locale))
        assert shell("create", "--from-file", "-", "--dry-run") == MADE
        assert "Zürich" in shell.out
    for wrong, said in ((b"\xff", "is not written in UTF-8"), (b"[", "Standard input: Line 1, column 2")):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(wrong), "utf-8"))
        assert shell("create", "--from-file", "-") == MISUSED
        assert said in shell.err


def test_a_timer_that_is_not_there_is_said_to_be_so(served: Served, shell: Shell) -> None:
    assert shell("export", "00000000-0000-4000-8000-000000000000") == NOT_MADE
    assert shell.out == ""
    assert "cannot find" in shell.err


def test_a_timer_is_exported_by_what_show_takes(served: Served, shell: Shell) -> None:
    old = timer(served, "db-dumps")
    exported = []
    for text in (old.job_id, "db-dumps", old.job_id[:13], "DB-Dumps"):
        assert shell("export", text) == MADE, text
        exported.append(json.loads(shell.out)["timer"])
        exported[-1].pop("schedule")  # it begins at the next tick, and time goes on
    assert exported[1:] == exported[:1] * 3
    for text in ("no-such-timer", ""):
        assert shell("export", text) == NOT_MADE
        assert shell.out == ""
    assert "No timer is named" in shell.err


def test_nobody_signed_in_is_told_which_command_helps(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as one:
        for name, value in one.variables().items():
            monkeypatch.setenv(name, value)
        assert shell("export", "00000000-0000-4000-8000-000000000000") == NOT_MADE
    assert "globus-tui login" in shell.err


def test_a_copy_of_a_mirror_keeps_its_next_run(served: Served, shell: Shell) -> None:
    old = timer(served, "db-dumps")
    shell("export", old.job_id)
    shell.file.write_text(shell.out)
    shell.create()
    before, after = job(served, old.job_id), job(served, shell.out.strip())
    now = served.sandbox.clock.now()
    assert next_ticks(after.schedule, now, 3) == next_ticks(before.schedule, now, 3)
    assert before.transfer is not None
    assert after.transfer is not None
    assert with_defaults(after.transfer) == with_defaults(before.transfer)


BODY: dict[str, list[Any]] = {
    "label": ["nightly", ""],
    "sync_level": [0, 1, 2, 3],
    "recursive_symlinks": ["ignore", "keep", "copy"],
    "deadline": ["2030-01-01T00:00:00+00:00"],
    "source_local_user": ["ops"],
    "destination_local_user": ["ops"],
    "filter_rules": [[{"DATA_TYPE": "filter_rule", "method": "exclude", "name": "*.tmp", "type": "file"}]],
    "skip_activation_check": [True],
    "submission_id": ["22f0148c-0000-4000-8000-000000000001"],
    "colour": ["red"],
}
BODY |= {
    one.name: [True, False]
    for one in fields(TransferData)
    if "bool" in str(one.type) and one.name != "delete_destination_extra"
}
SENT_AS_IT_IS = {"colour"}
LEFT_OUT = {"skip_activation_check", "submission_id"}


def test_every_option_of_a_transfer_is_varied() -> None:
    told_otherwise = {"source_endpoint", "destination_endpoint", "items", "delete_destination_extra", "extra"}
    assert {one.name for one in fields(TransferData)} <= {*BODY, *told_otherwise}


def varied(place: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(timer: dict[str, Any]) -> None:
        inside = {"body": timer["body"], "item": timer["body"].get("DATA", [{}])[0], "timer": timer}[place]
        inside[key] = value

    return change


MORNING, LATER = (wire_moment(datetime.now(UTC) + timedelta(days=days)) for days in (1, 40))
RECURRING = {"type": "recurring", "interval_seconds": 86400, "start": MORNING}
CHOICES: dict[str, tuple[str, str, Any]] = {
    **{f"{key} {value!r:.20}": ("body", key, value) for key, values in BODY.items() for value in values},
    "any kind": ("item", "recursive", None),
    "a checksum": ("item", "external_checksum", "d41d8cd98f00b204e9800998ecf8427e"),
    "a kind of checksum": ("item", "checksum_algorithm", "MD5"),
    "no name": ("timer", "name", None),
    "once": ("timer", "schedule", {"type": "once", "datetime": MORNING}),
    "at once": ("timer", "schedule", {"type": "once"}),
    "an end by date": ("timer", "schedule", RECURRING | {"end": {"condition": "time", "datetime": LATER}}),
    "an end by runs": ("timer", "schedule", RECURRING | {"end": {"condition": "iterations", "count": 3}}),
    "both ends": ("timer", "schedule", RECURRING | {"end": {"datetime": LATER, "count": 3}}),
    "one run of many": ("timer", "schedule", RECURRING | {"end": {"count": 1}}),
    "too often": ("timer", "schedule", RECURRING | {"interval_seconds": 30}),
    "too rarely": ("timer", "schedule", RECURRING | {"interval_seconds": 366 * 86400}),
}


STOPPED = {
    "recursive_symlinks 'keep'",
    "recursive_symlinks 'copy'",
    "label ''",
    "source_local_user 'ops'",
    "a checksum",
    "both ends",
    "one run of many",
    "too often",
    "too rarely",
}


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_of_a_timer_is_accepted_or_stopped_before_it_is_sent(
    choice: str, served: Served, shell: Shell
) -> None:
    place, key, value = CHOICES[choice]
    shell("export", timer(served, "db-dumps").job_id)
    document = json.loads(shell.out)
    asked = document["timer"]
    asked["schedule"] = RECURRING
    varied(place, key, value)(asked)
    shell.file.write_text(json.dumps(document))
    code = shell.create()
    assert (code == MADE) is (choice not in STOPPED and key not in SENT_AS_IT_IS), shell.err
    if code == MADE:
        made = served.sandbox.timers[shell.out.strip()]
        if key in LEFT_OUT:
            assert f"{key} is left out" in shell.err
        elif place == "body" and value not in ("ignore", ""):
            assert made.body[key] == value
        elif place == "item" and value is not None:
            assert made.body["DATA"][0][key] == value
        elif key == "schedule":
            kept = job(served, made.job_id).schedule
            end = value.get("end", {})
            assert isinstance(kept, RecurringSchedule) is (value["type"] == "recurring")
            if isinstance(kept, RecurringSchedule):
                assert (kept.end.until is not None, kept.end.after_runs) == ("datetime" in end, end.get("count"))
    elif key in SENT_AS_IT_IS:
        assert f"{key} is not known to this program; it is sent as it is" in shell.err
    else:
        assert code == MISUSED or ("STOP" in shell.err and "Nothing was sent" in shell.err), shell.err


def test_what_stands_beside_the_input_of_a_flow_is_kept(served: Served, shell: Shell) -> None:
    beside = {
        "label": "nightly",
        "run_managers": ["urn:globus:auth:identity:22f0148c-0000-4000-8000-000000000001"],
        "run_monitors": ["urn:globus:groups:id:22f0148c-0000-4000-8000-000000000002"],
        "tags": ["a"],
    }
    for old in [one for one in served.sandbox.timers.values() if one.flow_id]:
        if shell("export", old.job_id) != MADE:
            continue  # of somebody else
        document = json.loads(shell.out)
        document["timer"]["body"] |= beside
        document["timer"]["schedule"] = RECURRING
        shell.file.write_text(json.dumps(document))
        if shell.create() == MADE:
            break
    made = shell.out.strip()
    assert {key: served.sandbox.timers[made].body[key] for key in beside} == beside
    place = {"id": "11111111-1111-4111-8111-111111111111", "path": "/projects/"}
    body = {"body": {"source": place, "destination": place}}
    document = {"timer": {"timer_type": "flow", "flow_id": flow_id("move"), "schedule": RECURRING, "body": body}}
    shell.file.write_text(json.dumps(document))
    assert shell.create() == MADE
    assert "has defaults for it" in shell.err
    sent = served.sandbox.timers[shell.out.strip()].body["body"]
    assert (sent["recursive_tx"], sent["sync_level"]) == (True, None)
    assert shell("export", made) == MADE
    assert {key: json.loads(shell.out)["timer"]["body"][key] for key in beside} == beside
