"""What stands in fleet files is what was written, and whatever is wrong is told with file, line and key."""

from __future__ import annotations

import os
import tomllib
from contextlib import nullcontext
from typing import TYPE_CHECKING

import fastjsonschema
import pytest

from globus_tui.domain.transfer.transfer import FilterRule, SyncLevel
from globus_tui.fleet.documents import FleetFaults
from globus_tui.fleet.fields import FIELDS, fleet_files, read_fleet, schema

if TYPE_CHECKING:
    from pathlib import Path

ROUTE = 'from = "A:/a/"\nto = "B:/b/"\n'


def faults(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(text)
    with pytest.raises(FleetFaults) as wrong:
        read_fleet(folder)
    return str(wrong.value).splitlines()


def test_defaults_templates_and_rows_make_timers(tmp_path: Path) -> None:
    (tmp_path / "common.toml").write_text(
        '[defaults]\nzone = "UTC"\nsync_level = "mtime"\n[template.nightly]\nwhen = "every night at 2am"\n'
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "labs.csv").write_bytes('\ufefflab,path\r\nphysics,"/p,1/"\r\n\r\n chemistry ,/c/\r\n'.encode())
    (tmp_path / "sub" / "labs.yaml").write_text(
        "timer:\n  labs:\n    rows: labs.csv\n    template: nightly\n    name: lab {lab} {{x}}\n"
        "    from: A:{path}\n    to: B:/b/\n    sync_level: 3\n    filter_rules: [exclude *.tmp, include files *.nc]\n"
    )
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.toml").write_text("not = fleet")
    (tmp_path / "flow.toml").write_text(
        '[[timer]]\nname = "f"\nflow = "OCR"\nwhen = 02:30:00\ninput = {a = [1, 2.5]}\n'
    )
    flow, physics, chemistry = read_fleet(tmp_path)
    assert (flow.key, flow.kind, flow.values["when"]) == ("f", "F", "daily at 02:30:00")
    assert "sync_level" not in flow.values  # what is about transfers does not hold for flows
    assert physics.key == "labs/lab physics {x}"
    assert physics.values["from"] == "A:/p,1/"
    assert physics.values["sync_level"] is SyncLevel.CHECKSUM
    assert physics.values["filter_rules"] == (FilterRule("*.tmp"), FilterRule("*.nc", "include", "file"))
    assert chemistry.name == "lab chemistry {x}"
    assert "labs.csv:4" in str(chemistry.fault("from", "wrong"))


def test_every_plain_scalar_of_yaml_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "timer:\n  1e3:\n    when: 12:30\n    from: no:/a/\n    to: 1234e56:/b/\n    label: 0777\n"
        "    notify_on_failed: false\n    deadline: 2026-02-30\n    notes: ~\n"
    )
    (entry,) = read_fleet(tmp_path)
    assert entry.name == "1e3"
    assert {key: entry.values[key] for key in ("when", "from", "to", "label", "deadline", "notes")} == {
        "when": "12:30",
        "from": "no:/a/",
        "to": "1234e56:/b/",
        "label": "0777",
        "deadline": "2026-02-30",
        "notes": "~",
    }
    assert entry.values["notify_on_failed"] is False


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a_toml", "[timer.a]\nwhen = 02:00\n", ["a.toml:2:", "quotes"]),
        ("a_toml", '[timer.a]\nname = "x"\nname = "y"\n', ["a.toml:3: timer.a.name:", "first on line 2"]),
        ("a_toml", '[timer.a]\nx = """\n[timer.a]\n"""\n[timer.b]\n[timer.a]\n', ["a.toml:6:", "first on line 1"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\nfrm = "q"\n{ROUTE}', ["a.toml:3: timer.a.frm:", "did you mean from?"]),
        ("a_toml", f"[timer.a]\n{ROUTE}", ['a.toml:1: timer.a: needs either when = "…" or a schedule']),
        ("a_toml", f'[[timer]]\nwhen = "x"\n{ROUTE}', ["a.toml:1: timer[1]: has neither name nor key"]),
        ("a_toml", '[timer.a]\nwhen = "x"\nfrom = "A"\nto = "B:/b/"\n', ["a.toml:3: timer.a.from:", "items"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\nverify_checksum = "yes"\n{ROUTE}', ["a.toml:3:", "true or false"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\nsync_level = 4\n{ROUTE}', ["a.toml:3:", "checksum"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\ntemplate = "no"\n{ROUTE}', ["a.toml:3:", "template"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\nflow = "f"\n{ROUTE}', ["a.toml:4: timer.a.from:", "to a flow"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\nrows = "no.csv"\nname = "{{x}}"\n{ROUTE}', ["a.toml:3:", "no file no.csv"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\nrows = "\\u0000"\nname = "{{x}}"\n{ROUTE}', ["a.toml:3:", "no file"]),
        ("a_toml", '[timer.a]\nwhen = "x"\nfrom = "/a/"\nto = "B:/b/"\n', ["a.toml:3:", 'write "COLLECTION:/a/"']),
        ("a_toml", "timer = 3\n", ["a.toml:1: timer:"]),
        ("a_toml", f'\n[timers.a]\nwhen = "x"\n{ROUTE}', ["a.toml:2: timers:", "did you mean timer?"]),
        ("a_toml", f'[timer.a]\nwhen = "x"\ntemplate = 3\n{ROUTE}', ["a.toml:3: timer.a.template:"]),
        ("a_toml", '[timer.a]\nwhen = "x"\nfrom = "A:x/"\nto = "B:/"\n', ["a.toml:3:", 'write "A:/x/"']),
        ("a_toml", f'[timer.a]\nmore = {{sync_level = 3}}\n{ROUTE}', ["a.toml:2:", "with a key of its own"]),
        ("a_toml", f'[timer.a]\nmore = {{DATA = []}}\n{ROUTE}', ["a.toml:2:", "in from, to and items"]),
        ("a_toml", f'[timer.a]\nmore = {{skip_activation_check = true}}\n{ROUTE}', ["a.toml:2:", "left out"]),
        ("a_toml", "x = " + "[" * 5000, ["a.toml: it is nested too deep"]),
        ("a_toml", "x = " + "9" * 5000, ["a.toml: this is no TOML 1.0: a number in it is too long"]),
        ("a_yaml", "x: " + "9" * 5000, ["a.yaml"]),
        ("a_yaml", "timer:\n  a: &x\n    when: z\n", ["a.yaml:2:", "anchors", "column"]),
        ("a_yaml", "timer:\n  a:\n    when: */15 * * * *\n", ["a.yaml:3:", "quotes", "column"]),
        ("a_yaml", "timer:\n  a:\n    when: @daily\n", ["a.yaml:3:", "quotes"]),
        ("a_yaml", "timer:\n  a: !!python/name x\n", ["a.yaml:2:", "tags"]),
        ("a_yaml", "timer:\n  a:\n    to: x\n    to: y\n", ["a.yaml:4: timer.a.to is said twice; first on line 3"]),
        ("a_yaml", "timer: {}\n---\ntimer: {}\n", ["a.yaml:2:", "second document"]),
        ("a_yaml", "timer:\n\ta: b\n", ["a.yaml:2:", "no YAML"]),
        ("a_yaml", "timer:\n  a:\n    when: x\n    paused:\n",
         ["a.yaml:4: timer.a.paused: has no value"]),
        ("a_yaml", "{" * 200, ["a.yaml:1:"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, name: str, text: str, told: list[str]) -> None:
    said = faults(tmp_path, **{name: text})
    assert any(all(words in one for words in told) for one in said), said


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1\n2,3\n")
    said = faults(
        tmp_path,
        a_toml='[defaults]\nwhen = "x"\n[timer.a]\nfrom = 3\nto = "B:/"\n[timer.b]\nrows = "t.csv"\n',
        b_toml=f'[defaults]\nname = "x"\n[timer.a]\n{ROUTE}\nwhen = "q"\n',
    )
    assert [one.partition(": ")[0] for one in said] == ["a.toml:4", "b.toml:1", "t.csv:2"]
    assert "also in a.toml:1" in said[1]
    assert "1 cells, the headings are 2" in said[2]


def test_an_empty_cell_makes_no_timer_of_half_a_name_and_leaves_out_what_it_is_alone_in(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("lab,note,path\nx,first,/x/\ny,,/y/\n")
    text = '[timer.a]\nrows = "t.csv"\nwhen = "x"\nname = "of {lab}"\nlabel = "{note}"\nfrom = "A:{path}"\n'
    (tmp_path / "a.toml").write_text(text + 'to = "B:/b/"\n')
    assert [one.values.get("label") for one in read_fleet(tmp_path)] == ["first", None]
    (tmp_path / "t.csv").write_text("lab,note,path\nx,q,\n,q,/y/\nz,,/z/\n")
    said = faults(tmp_path, a_toml=text.replace('"{note}"', '"see {note}"') + 'to = "B:/b/"\n')
    assert [one.partition("t.csv:")[2] for one in said] == [
        "2: timer.a.from: the cell path is empty",
        "3: timer.a.name: the cell lab is empty",
        "4: timer.a.label: the cell note is empty",
    ]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("lab\tb\n", "separated by tabs"), ("lab|b\n", "separated by bars"), ("lab;b\n", "separated by semicolons"),
        ("lab\n", "it has no rows"), ("lab,\n", "no name of a column"), ("\n \n", "it is empty"),
        ('lab\n"x\n', "t.csv:2: this is no CSV"), ("a,a\n", "is there twice"),
        ("lab\nx\n<<<<<<< HEAD\n", "t.csv:3: a merge"), ("lab\n=======\n", "a merge"), ("lab\n>>>>>>> x\n", "a merge"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_told(tmp_path: Path, table: str, told: str) -> None:
    (tmp_path / "t.csv").write_text(table)
    said = faults(tmp_path, a_toml=f'[timer.a]\nrows = "t.csv"\nwhen = "x"\nname = "{{lab}}"\n{ROUTE}')
    assert told in "\n".join(said)


def test_what_is_nearer_says_when_it_runs_and_marks_at_the_beginning_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        '\ufeff[defaults]\nwhen = "d"\n[template.t]\nwhen = "t"\n[timer.a]\ntemplate = "t"\n'
        f'schedule = {{type = "once"}}\n{ROUTE}[timer.b]\ntemplate = "t"\n{ROUTE}'
    )
    own, of_template = read_fleet(tmp_path)
    assert ("when" in own.values, of_template.values["when"]) == (False, "t")


def test_rows_name_columns_that_are_there_and_make_names_that_differ(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("lab\nx\ny\n")
    head = '[timer.a]\nrows = "t.csv"\nwhen = "x"\n'
    assert "{lb} is no column of t.csv, which has lab" in faults(tmp_path, a_toml=f'{head}name = "{{lb}}"\n{ROUTE}')[0]
    assert "names that differ" in faults(tmp_path, a_toml=f'{head}name = "same"\n{ROUTE}')[0]
    assert "names that differ" in faults(tmp_path, a_toml=head + ROUTE)[0]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('[defaults]\nzone = "UTC"\n[template.n]\nwhen = "every 6h"\n[timer.a]\ntemplate = ["n"]\nrecursive = true',
         True),
        ('[[timer]]\nname = "x"\nkey = "k"\nsync_level = 3\nfewer_percent = false\nfilter_rules = ["exclude *"]',
         True),
        ('[timer.a]\nrows = "a.csv"\nrecursive = "{deep}"\nsync_level = "{level}"\nfewer_percent = "{p}"', True),
        ('[timer.a]\nflow = "f"\ninput = {a = 1}\ntags = "t"\nrun_managers = ["u"]', True),
        ('[timer.a]\nfrm = "x"', False),
        ('[timer.a]\nrecursive = "yes"', False),
        ('[timer.a]\nitems = [{from = "/a/"}]', False),
        ('[defaults]\nname = "x"', False),
        ('[timers.a]\nname = "x"', False),
    ],
)  # fmt: skip
def test_another_validator_finds_right_what_is_read_and_wrong_what_is_not(text: str, *, fits: bool) -> None:
    check = fastjsonschema.compile(schema())
    with nullcontext() if fits else pytest.raises(fastjsonschema.JsonSchemaException):
        check(tomllib.loads(text))


def test_the_schema_knows_every_key_and_nothing_else() -> None:
    tables, listed = schema()["properties"]["timer"]["oneOf"]
    assert set(listed["items"]["properties"]) == set(FIELDS)
    assert set(FIELDS) - set(tables["additionalProperties"]["properties"]) == {"key"}
    assert all(one["description"] for one in listed["items"]["properties"].values())


@pytest.mark.parametrize("odd", ["pipe", "link to nothing"])
def test_what_is_named_as_a_file_and_is_none_is_told_and_not_passed_over(tmp_path: Path, odd: str) -> None:
    """Its timers would look as if nobody wanted them any more, and --prune deletes such."""
    (tmp_path / "a.toml").write_text(f'[timer.a]\nwhen = "daily at 2am"\n{ROUTE}')
    (tmp_path / "sub").mkdir()
    if odd == "pipe":
        os.mkfifo(tmp_path / "sub" / "b.toml")
    else:
        (tmp_path / "sub" / "b.toml").symlink_to("gone.toml")
    (told,) = faults(tmp_path)
    assert told.startswith("sub/b.toml: it cannot be read: ")


def test_a_link_to_a_folder_is_told_and_not_passed_over(tmp_path: Path) -> None:
    """Neither what is behind it nor a circle of links is read, and nothing is pruned for that."""
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    (fleet / "a.toml").write_text(f'[timer.a]\nwhen = "daily at 2am"\n{ROUTE}')
    (fleet / "again").symlink_to(fleet)
    (fleet / ".hidden").symlink_to(fleet)
    (told,) = faults(fleet)
    assert told == f"{fleet}/again: it is a link to a folder, which is not followed: move the folder itself here"


def test_a_folder_that_cannot_be_read_is_told_and_not_taken_for_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.toml").write_text(f'[timer.a]\nwhen = "daily at 2am"\n{ROUTE}')
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "b.toml").write_text(f'[timer.b]\nwhen = "daily at 2am"\n{ROUTE}')
    real = os.scandir

    def guarded(path: str | Path) -> object:
        if str(path).endswith("theirs"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    assert [entry.key for entry in read_fleet(tmp_path)] == ["a", "b"]
    monkeypatch.setattr(os, "scandir", guarded)
    (told,) = faults(tmp_path)
    assert told == f"{tmp_path}/theirs: it cannot be read: Permission denied"


def test_folders_that_end_like_files_and_hidden_ones_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f'[timer.a]\nwhen = "daily at 2am"\n{ROUTE}')
    for name in ("b.toml", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / ".hidden.toml").write_text("not = fleet")
    (tmp_path / "b.toml" / "c.yaml").write_text("timer: {}\n")
    (tmp_path / ".git" / "config.toml").write_text("not = fleet")
    assert [str(path.relative_to(tmp_path)) for path in fleet_files(tmp_path)] == ["a.toml", "b.toml/c.yaml"]
