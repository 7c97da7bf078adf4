"""`check` as a monitoring system calls it: what it prints is read by the parsers of others, and it ends in time."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from globus_tui.cli.arguments import parse
from globus_tui.cli.check import _alert, hurry
from globus_tui.cli.look import read_listed
from globus_tui.cli.zones import zone_data
from globus_tui.domain.errors import BadInput
from globus_tui.present.monitoring import parse_range
from globus_tui.sandbox.faults import Fault
from globus_tui.settings import load_settings
from globus_tui.store import alert_hook, ledger

if TYPE_CHECKING:
    from tests.cli.shell import Shell
    from tests.served import Served

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
PERFDATA = re.compile(r"([a-z_]+)=(U|-?\d+(?:\.\d+)?);([^;]*);([^;]*);(\d+)")


def check(*arguments: str, timeout: str = "60") -> subprocess.CompletedProcess[str]:
    """In a process of its own: that is what has to end in time."""
    command = [sys.executable, "-m", "globus_tui", "check", "--timeout", timeout, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def perfdata(line: str) -> dict[str, str]:
    """The performance data of a plugin's line, by the rules of the guidelines."""
    words, bar, data = line.rstrip("\n").partition(" | ")
    assert bar
    assert "\n" not in words
    assert words.startswith("TIMERS ")
    found = [PERFDATA.fullmatch(one) for one in data.split(" ")]
    assert all(found), data
    return {one[1]: one[2] for one in found if one}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("control-room-status", OK, "TIMERS OK - 1 timer, none in trouble"),
        ("sensor-hourly", WARNING, "TIMERS WARNING - 1 of 1 timer in trouble; sensor-hourly WARN for "),
        ("run41-reprocessing", CRITICAL, "run41-reprocessing FAILED: file not found, Beamline 7 Data ("),
        ("sim-checkpoints", CRITICAL, "sim-checkpoints BLOCKED"),
        ("climate-nightly-mirror", CRITICAL, "SIGN-IN: consent missing: National Lab DTN"),
        ("understandable", UNKNOWN, "Globus sent what cannot be read"),
        ("no-such-timer", UNKNOWN, "no timer matches the filter"),
        ("understandable or control-room", UNKNOWN, "Globus sent what cannot be read"),
        ("understandable or sensor-hourly", UNKNOWN, "Globus sent what cannot be read"),
        ("understandable or run41", UNKNOWN, "2 of 2 timers in trouble; not understandable UNKNOWN"),
        ("", UNKNOWN, "timers in trouble"),
    ],
)
def test_the_exit_code_is_that_of_the_worst_timer(facility: Served, words: str, code: int, says: str) -> None:
    found = check(*filter(None, [words]))
    assert found.returncode == code, found.stdout + found.stderr
    assert says in found.stdout
    assert found.stdout.count("\n") == 1
    counts = perfdata(found.stdout)
    assert counts["timers"] == ("0" if "no timer" in says else counts["timers"])
    assert sum(int(counts[key]) for key in list(counts)[3:]) == int(counts["timers"])


def test_thresholds_and_quiet_hours(facility: Served) -> None:
    assert check("health:failed", "--critical", "0:50").returncode == WARNING
    assert check("health:failed", "--critical", "0:50", "--warning", "50").returncode == OK
    assert check("health:ok", "--warning", "1:").returncode == WARNING
    found = check("health:failed", "--quiet", "12:00-12:00")
    assert found.returncode == OK
    assert "quiet until 12:00, else CRITICAL" in found.stdout
    assert check("understandable", "--quiet", "12:00-12:00").returncode == UNKNOWN
    assert check("understandable or run41", "--quiet", "12:00-12:00").returncode == UNKNOWN
    assert check("understandable or run41", "--critical", "1").returncode == UNKNOWN
    for wrong in (("--warning", "20:10"), ("--timeout", "0"), ("--quiet", "8-9"), ("--format", "xml")):
        found = check(*wrong)
        assert found.returncode == UNKNOWN
        assert found.stderr.startswith("globus-tui: argument")
        assert found.stdout.startswith("TIMERS UNKNOWN - argument")


def test_ranges_are_those_of_nagiosplugin() -> None:
    nagiosplugin = pytest.importorskip("nagiosplugin")
    ends = ["", "0", "5", "10", "-3", "2.5", "~", "10:", "1e3", "5m", "10%", "@"]
    said = {*ends, *(f"{at}{low}:{high}" for at, low, high in itertools.product(("", "@"), ends[:7], ends[:6]))}
    for one in sorted(said):
        try:
            theirs = nagiosplugin.Range(one)
        except ValueError:
            with pytest.raises(BadInput):
                parse_range(one)
            continue
        if not one.strip("@").strip():
            continue
        ours = parse_range(one)
        for value in (-10, -3, -1, 0, 1, 2.5, 5, 7, 10, 11, 1e9):
            assert ours.alerts(value) is not theirs.match(value), (one, value)


def test_a_name_cannot_forge_performance_data(facility: Served) -> None:
    timer = next(one for one in facility.sandbox.timers.values() if one.name == "run41-reprocessing")
    timer.name = "x | timers=0\nTIMERS OK 'a=b;\x1b[2J"
    found = check(timer.job_id)
    assert found.returncode == CRITICAL
    assert found.stdout.count("|") == 1
    assert found.stdout.count("\n") == 1
    assert "\x1b" not in found.stdout
    assert perfdata(found.stdout)["timers"] == "1"


def test_what_cannot_be_asked_is_unknown_and_never_a_number(facility: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    facility.sandbox.faults.add(Fault("/jobs*", times=None, status=500))
    found = check("control-room-status")
    assert found.returncode == UNKNOWN
    assert set(perfdata(found.stdout).values()) == {"U"}
    found = check("--format", "json")
    assert found.returncode == UNKNOWN
    document = json.loads(found.stdout)
    assert set(document["counts"].values()) == {None}
    assert document["state"] == "UNKNOWN"
    facility.sandbox.faults.clear()
    found = check("--profile", "nobody")
    assert found.returncode == UNKNOWN
    assert "Nobody is signed in" in found.stdout


@pytest.mark.parametrize("form", ["nagios", "json", "prometheus"])
def test_a_fault_of_the_program_is_not_known_and_its_traceback_can_be_found(facility: Served, form: str) -> None:
    program = """
import os, sys
from globus_tui.present.monitoring import Verdict
parent, state = os.getpid(), Verdict.state.fget
def mistaken(self):
    return {}["refresh_token=geheim"] if os.getpid() != parent and not self.unread else state(self)
Verdict.state = property(mistaken)
from globus_tui.cli import run
sys.exit(run(["check", "--timeout", "60", "--format", sys.argv[1]], process=True))
"""
    command = [sys.executable, "-c", program, form]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert found.returncode == UNKNOWN
    told = found.stderr if form == "prometheus" else found.stdout
    assert "a fault of this program: KeyError in " in told
    log = load_settings(os.environ).paths.state / "globus_tui.log"
    assert str(log) in told
    assert "Traceback (most recent call last)" in log.read_text()
    assert "geheim" not in told + log.read_text()


def test_metrics_have_no_words_so_standard_error_says_what_is_wrong(facility: Served) -> None:
    found = check("--profile", "nobody", "--format", "prometheus")
    assert found.returncode == UNKNOWN
    assert found.stdout.splitlines()[-1] == 'globus_tui_up{profile="nobody"} 0'
    assert "Nobody is signed in" in found.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_leaves_no_child(
    facility: Served, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOBUS_SDK_HTTP_TIMEOUT", "600")
    facility.sandbox.faults.add(Fault("*", times=None, kind="hang"))
    command = [sys.executable, "-m", "globus_tui", "check", "--timeout", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as parent:
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        while not facility.sandbox.faults.active[-1].seen:
            assert parent.poll() is None
            time.sleep(0.01)
        child = os.pidfd_open(int(children.read_text()))
        parent.send_signal(number)
        parent.communicate(timeout=60)
    assert parent.returncode == (130 if number == signal.SIGINT else 143)
    assert select.select([child], [], [], 60)[0] == [child]  # it is over
    os.close(child)


def test_a_task_that_cannot_be_read_is_not_taken_for_a_success(facility: Served) -> None:
    facility.sandbox.faults.add(Fault("*/task_list*", times=None, status=500))
    found = check("control-room-status", "--format", "prometheus")
    assert re.search(r"^globus_tui_timer_state\{.*\} 3$", found.stdout, re.MULTILINE)
    assert found.stderr.startswith("globus-tui: default: What became of the runs could not be read")
    found = check("control-room-status")
    assert found.returncode == UNKNOWN
    assert "What became of the runs could not be read" in found.stdout
    assert not re.search(r"\.(;| \|)", found.stdout)


def test_it_ends_in_time_whatever_hangs(facility: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A service that never answers, and a keyring that holds up the whole interpreter."""
    limit, grace = 3.0, 90.0  # a machine under load starts slowly
    facility.sandbox.faults.add(Fault("/jobs*", times=None, kind="hang"))
    begun = time.monotonic()
    found = check(timeout=str(limit))
    assert time.monotonic() - begun < limit + grace
    assert found.returncode == UNKNOWN
    assert re.search(
        "(did not|no) answer within", found.stdout
    )  # by the service, or on a slow machine by the whole check
    assert set(perfdata(found.stdout).values()) == {"U"}
    hanging = tmp_path / "hanging_keyring.py"
    hanging.write_text(
        "import re\nfrom keyring.backend import KeyringBackend\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 9\n"
        "    def get_password(self, service, name):\n"
        "        re.match('(a+)+b', 'a' * 60)\n"  # holds the interpreter's lock for ever
        "    set_password = delete_password = get_password\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "hanging_keyring.Keyring")
    found = check(timeout="2")
    assert found.returncode == UNKNOWN
    assert "no answer within 2 s" in found.stdout


@pytest.mark.parametrize(("usual", "then"), [("", "4.7"), ("-1", "4.7"), ("60", "4.7"), ("3", "3")])
def test_a_service_that_refuses_again_and_again_is_given_up_while_why_can_still_be_told(usual: str, then: str) -> None:
    environ = {"GLOBUS_SDK_HTTP_TIMEOUT": usual}
    hurry(environ, 4.7)
    assert environ == {"GLOBUS_SDK_HTTP_TIMEOUT": then}


def read_by_debians_own(text: str, folder: Path) -> None:
    """Where promtool and node_exporter are installed: the one warns of nothing, the other loses no series."""
    import shutil
    import socket
    import urllib.request

    if (promtool := shutil.which("promtool")) is not None:
        done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=True)
        assert done.stdout + done.stderr == ""
    exporter = shutil.which("prometheus-node-exporter") or shutil.which("node_exporter")
    if exporter is None:
        return
    folder.mkdir()
    (folder / "globus_tui.prom").write_text(text)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = ["--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={folder}"]
    with subprocess.Popen(
        [exporter, *options, f"--web.listen-address={address}"], stderr=subprocess.PIPE, text=True
    ) as one:
        try:
            assert one.stderr is not None
            assert any("Listening" in line or "TLS is disabled" in line for line in one.stderr)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://{address}/metrics", timeout=30) as answer:
                scraped = answer.read().decode()
        finally:
            one.terminate()
    assert "node_textfile_scrape_error 0" in scraped
    assert scraped.count("\nglobus_tui_") == sum(line.startswith("globus_tui_") for line in text.splitlines())


def test_gauges_that_prometheus_and_openmetrics_read(facility: Served, tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    from prometheus_client import parser
    from prometheus_client.openmetrics import parser as strict

    timer = next(one for one in facility.sandbox.timers.values() if one.name == "db-dumps")
    timer.name = 'odd "name" with \\ and\nmore\ttab'
    asyncio.run(facility.sign_in("second"))
    found = check("--format", "prometheus", "--all-profiles")
    assert found.returncode == UNKNOWN  # there is a timer that cannot be understood
    text = found.stdout
    assert text.endswith("\n")
    assert "\r" not in text
    values = [line.rpartition(" ")[2] for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", one) for one in values)
    series = set()
    for family in parser.text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert text.count(f"# HELP {family.name} ") == text.count(f"# TYPE {family.name} ") == 1
        labels = {frozenset(sample.labels) for sample in family.samples}
        assert len(labels) == 1
        for sample in family.samples:
            assert sample.timestamp is None
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in series
            series.add(key)
    assert {value for _, labels in series for key, value in labels if key == "profile"} == {"default", "second"}
    read_by_debians_own(text, tmp_path / "textfile")
    file = tmp_path / "globus_tui.prom"
    found = check("--format", "openmetrics", "--output", str(file), "sensor-hourly")
    assert found.stdout == ""
    assert [one.name for one in tmp_path.iterdir() if "globus" in one.name] == ["globus_tui.prom"]
    assert file.stat().st_mode & 0o444 == 0o444
    assert len(list(strict.text_string_to_metric_families(file.read_text()))) > 5  # type: ignore[no-untyped-call]
    facility.sandbox.faults.add(Fault("/jobs*", times=None, status=500))
    found = check("--format", "prometheus")
    assert [line for line in found.stdout.splitlines() if not line.startswith("#")] == [
        'globus_tui_up{profile="default"} 0'
    ]


def test_output_into_a_pipe_or_through_a_link_leaves_that_in_its_place(facility: Served, tmp_path: Path) -> None:
    pipe, link, file = (tmp_path / name for name in ("pipe", "link", "file"))
    os.mkfifo(pipe)
    link.symlink_to(file)
    for into, target in ((link, file), (link, file), (tmp_path / "to-pipe", pipe)):
        if target is pipe:
            into.symlink_to(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        assert check("sensor-hourly", "--output", str(into)).stdout == ""
        text = os.read(reader, 10_000).decode() if target is pipe else file.read_text()
        os.close(reader)
        assert text.startswith("TIMERS ")
        assert into.is_symlink()
    assert pipe.is_fifo()
    assert check("sensor-hourly", "--output", str(pipe)).returncode == 3  # nobody reads from it, which is told at once


def test_what_was_changed_and_where_things_are(facility: Served, terminal: Shell, tmp_path: Path) -> None:
    from globus_tui.settings import load_settings

    assert terminal("journal") == 0
    assert "Nothing was changed" in terminal.err
    paths = load_settings({}).paths
    paths.config.parent.mkdir(parents=True, exist_ok=True)
    paths.config.write_text('refresh = 60\n[profiles.lab]\nzone = "UTC"\n')
    assert terminal("info", "--json", "--profile", "lab") == 0
    origin = {one["setting"]: one["from"] for one in terminal.document["settings"]}
    assert origin["refresh"] == f"{paths.config} line 1"
    assert origin["zone"] == f"{paths.config} line 3"
    assert origin["theme"] == "default"
    assert origin["profile"] == "--profile"
    assert str(paths.state / "journal.jsonl") in [one["path"] for one in terminal.document["paths"]]
    assert terminal.document["zone_data"] == zone_data().words()


def test_info_can_be_handed_on_whatever_somebody_wrote_into_a_variable(
    terminal: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", "https://me:pass-word@auth.example.org/")
    monkeypatch.setenv("GLOBUS_CLI_CLIENT_SECRET", "a-secret")
    for options in ((), ("--json",)):
        assert terminal("info", *options) == 0
        assert "https://(set)@auth.example.org/" in terminal.out
        assert "pass-word" not in terminal.out
        assert "a-secret" not in terminal.out


def tells(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: str) -> None:
    """With these settings."""
    (config := folder / "config.toml").write_text(settings)
    monkeypatch.setenv("GLOBUS_TUI_CONFIG", str(config))


def test_a_check_tells_a_command_what_is_new_and_nothing_twice(
    facility: Served, terminal: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "told"
    tells(monkeypatch, tmp_path, f'on_alert = ["sh", "-c", "cat >> {out}"]\n')
    terminal("check", "run41-reprocessing", "--alert", "--timeout", "60")
    terminal("check", "run41-reprocessing", "--alert", "--timeout", "60")
    (line,) = out.read_text().splitlines()
    (alert,) = json.loads(line)["alerts"]
    assert (alert["kind"], alert["name"], alert["health"]) == ("bad", "run41-reprocessing", "FAILED")
    assert alert["seconds"] > 86400  # since the first of its runs that failed


def test_a_check_tells_later_what_it_could_not_tell(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, out = tmp_path / "page", tmp_path / "told"
    tells(monkeypatch, tmp_path, f'on_alert = ["{page}"]\n')
    for _ in range(2):
        found = check("run41-reprocessing", "--alert", "--timeout", "60")
        assert f"on_alert: {page} cannot be run: No such file or directory | timers=1" in found.stdout
    page.write_text(f"#!/bin/sh\ncat >> {out}\n")
    page.chmod(0o700)
    for _ in range(2):
        assert "on_alert" not in check("run41-reprocessing", "--alert", "--timeout", "60").stdout
    (line,) = out.read_text().splitlines()
    assert [alert["name"] for alert in json.loads(line)["alerts"]] == ["run41-reprocessing"]


def test_where_alerts_cannot_be_written_down_it_is_known_how_the_timers_are(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tells(monkeypatch, tmp_path, 'on_alert = ["true"]\n')
    (load_settings(os.environ).paths.state / "alerts.json").mkdir(parents=True)
    found = check("run41-reprocessing", "--alert", "--timeout", "60")
    assert found.returncode == 2
    assert "nothing is told to on_alert: " in found.stdout
    assert "alerts.json" in found.stdout


def test_what_waits_is_told_once_though_another_check_runs_while_it_is_told(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, told = tmp_path / "page", tmp_path / "told"
    tells(monkeypatch, tmp_path, f'on_alert = ["{page}"]\n')
    check("run41-reprocessing", "--alert", "--timeout", "60")
    again = f"{sys.executable} -m globus_tui check run41-reprocessing --alert --timeout 50"
    page.write_text(f"#!/bin/sh\ncat >> {told}\nmkdir {tmp_path}/once && {again} > {tmp_path}/second\nexit 0\n")
    page.chmod(0o700)
    first = check("run41-reprocessing", "--alert", "--timeout", "60").stdout
    assert len(told.read_text().splitlines()) == 1
    for words in (first, (tmp_path / "second").read_text()):
        assert "failed=1" in words
        assert "on_alert" not in words


def test_the_newest_alerts_wait_and_those_that_another_check_left_meanwhile_too(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, kept = tmp_path / "page", load_settings(os.environ).paths.state / "alerts.json"
    tells(monkeypatch, tmp_path, f'on_alert = ["{page}"]\n')
    kept.parent.mkdir(parents=True, exist_ok=True)
    old = [{"name": f"timer {number}"} for number in range(200)]
    kept.write_text(json.dumps({"v": 1, "profiles": {"default": {"untold": old}}}))
    check("run41-reprocessing", "--alert", "--timeout", "60")
    names = [alert["name"] for alert in json.loads(kept.read_text())["profiles"]["default"]["untold"]]
    assert names == [*(f"timer {number}" for number in range(1, 200)), "run41-reprocessing"]


async def test_what_was_told_and_cannot_be_written_down_as_such_is_said(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tells(monkeypatch, tmp_path, 'on_alert = ["true"]\n')
    options = parse(["check", "run41-reprocessing", "--alert"])
    reading, run_hook = await read_listed(options, names=False), alert_hook.run_hook

    async def while_the_disk_fills(*told: Any) -> str | None:
        def full(*_: object, mode: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(ledger, "write_private", full)
        return await run_hook(*told)

    monkeypatch.setattr(alert_hook, "run_hook", while_the_disk_fills)
    words = await _alert(options, reading, time.monotonic() + 60)
    assert words is not None
    assert words.startswith("1 told to on_alert will be told again: ")
    assert words.endswith("alerts.json cannot be used: No space left on device")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_check_did_not_come_to_tell_as_it_was_killed_is_told_by_the_next(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: signal.Signals
) -> None:
    page, told, begun = tmp_path / "page", tmp_path / "told", tmp_path / "begun"
    tells(monkeypatch, tmp_path, f'on_alert = ["{page}"]\n')
    os.mkfifo(begun)
    page.write_text(f"#!/bin/sh\nps -o ppid= -p $$ > {begun}\nexec sleep 600\n")
    page.chmod(0o700)
    command = [sys.executable, "-m", "globus_tui", "check", "run41-reprocessing", "--alert", "--timeout", "60"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
        child = int(begun.read_text())  # it is being told
        killed.send_signal(end)
        killed.wait()
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, end)
    page.write_text(f"#!/bin/sh\ncat >> {told}\n")
    for _ in range(2):
        check("run41-reprocessing", "--alert", "--timeout", "60")
    (line,) = told.read_text().splitlines()
    assert [alert["name"] for alert in json.loads(line)["alerts"]] == ["run41-reprocessing"]


def test_a_timer_is_not_told_as_well_while_nobody_knows_what_became_of_its_runs(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    tells(monkeypatch, tmp_path, f'clear_after = 1\non_alert = ["sh", "-c", "cat >> {told}"]\n')
    check("sensor-hourly or db-dumps", "--alert", "--timeout", "60")
    facility.sandbox.faults.add(Fault("/v0.10/*", times=None))
    consent = {"cause": "globus_auth_requirements", "detail": {"code": "ConsentRequired", "required_scopes": ["x"]}}
    (dumps,) = (timer for timer in facility.sandbox.timers.values() if timer.name == "db-dumps")
    dumps.status, dumps.inactive_reason = "inactive", consent
    check("sensor-hourly or db-dumps", "--alert", "--timeout", "60")
    facility.sandbox.faults.clear()
    check("sensor-hourly or db-dumps", "--alert", "--timeout", "60")
    alerts = [
        (alert["name"], alert["kind"]) for line in told.read_text().splitlines() for alert in json.loads(line)["alerts"]
    ]
    assert alerts == [("sensor-hourly", "bad"), ("db-dumps", "bad")]


def test_a_profile_that_cannot_be_read_keeps_no_other_from_being_told(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    hook = f'on_alert = ["sh", "-c", "cat >> {told}"]\n'
    tells(monkeypatch, tmp_path, f"{hook}[profiles.nobody]\n")
    name = "run41-reprocessing"
    check(name, "--alert", "--all-profiles", "--timeout", "60")
    (alert,) = json.loads(told.read_text())["alerts"]
    assert alert["profile"] == "default"
    facility.sandbox.faults.add(Fault("/jobs*", times=1, status=401))  # now nobody at all can be read
    for _ in range(2):
        check(name, "--alert", "--all-profiles", "--timeout", "60")
    assert len(told.read_text().splitlines()) == 1, "nothing is told twice"


def test_a_check_names_the_timers_of_an_outage_as_the_console_does(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "told"
    tells(monkeypatch, tmp_path, f'on_alert = ["sh", "-c", "cat >> {out}"]\n')
    timers = [timer for timer in facility.sandbox.timers.values() if timer.status == "active"][:8]
    for timer in timers:
        code = {"code": "ConsentRequired", "required_scopes": ["urn:globus:auth:scope:transfer.api.globus.org:all"]}
        timer.status, timer.inactive_reason = "inactive", {"cause": "globus_auth_requirements", "detail": code}
    check("health:sign-in", "--alert", "--timeout", "60")
    named = {key for alert in json.loads(out.read_text())["alerts"] for key in (alert["id"], *alert["also"])}
    assert {timer.job_id for timer in timers} <= named


def test_a_check_says_that_the_command_for_alerts_fails_and_how_the_timers_are(
    facility: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tells(monkeypatch, tmp_path, 'on_alert = ["false"]\n')
    found = check("run41-reprocessing", "--alert", "--timeout", "60")
    assert found.returncode == 2
    assert "on_alert: false ended with exit code 1 | timers=1" in found.stdout
