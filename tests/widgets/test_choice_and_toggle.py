"""A one-line choice, a toggle, a list of rules: what keys do, and that words are data."""

from __future__ import annotations

from textual.app import App, ComposeResult

from globus_tui.present.review_facts import FireLine
from globus_tui.widgets.choice import Choice, RuleList, Toggle
from globus_tui.widgets.facts import FiresPanel


class Form(App[None]):
    """One of each, and what they said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []

    def compose(self) -> ComposeResult:
        yield Choice((("a", "one"), ("b", "[/two]"), ("c", "three")), id="choice")
        yield Toggle("delete \x1b[31m", danger="DANGER", id="toggle")
        yield RuleList(id="rules")
        yield FiresPanel(id="fires")

    def on_choice_changed(self, changed: Choice.Changed) -> None:
        self.said.append(changed.value)

    def on_toggle_changed(self, changed: Toggle.Changed) -> None:
        self.said.append(changed.value)

    def on_rule_list_removed(self, removed: RuleList.Removed) -> None:
        self.said.append(("removed", removed.place))

    def on_rule_list_shifted(self, shifted: RuleList.Shifted) -> None:
        self.said.append((shifted.place, shifted.by))

    def text(self) -> str:
        return "\n".join(strip.text.rstrip() for strip in self.screen._compositor.render_strips())


async def test_arrows_choose_and_go_round_and_setting_says_nothing() -> None:
    async with Form().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        choice = app.query_one(Choice)
        assert "( ) one  ( ) [/two]  ( ) three" in app.text()
        await pilot.press("right", "right", "right", "right", "left")
        assert app.said == ["a", "b", "c", "a", "c"]
        choice.value = "b"
        await pilot.pause()
        assert "(*) [/two]" in app.text()
        assert len(app.said) == 5


async def test_a_choice_takes_more_lines_where_it_does_not_fit() -> None:
    async with Form().run_test(size=(20, 12)) as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        assert app.text().splitlines()[:2] == ["( ) one", "( ) [/two]"] or app.query_one(Choice).size.height > 1
        await pilot.click(Choice, offset=(1, app.query_one(Choice).size.height - 1))
        assert app.said == ["c"]


async def test_space_switches_and_enter_does_not() -> None:
    async with Form().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        await pilot.press("tab", "enter")
        assert app.said == []
        assert "DANGER" not in app.text()
        await pilot.press("space")
        assert app.said == [True]
        assert "[x] delete ␛[31m  DANGER" in app.text()
        await pilot.press("space")
        assert app.said == [True, False]


async def test_rules_are_moved_and_removed_by_their_place() -> None:
    async with Form().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        rules = app.query_one(RuleList)
        assert not rules.display
        rules.rows = (("exclude *.tmp", "decides 2 names"), ("include [bold]", ""))
        await pilot.pause()
        assert "2 include [bold]" in app.text()
        rules.focus()
        await pilot.press("K", "J", "J", "x")
        assert app.said == [(0, 1), ("removed", 1)]
        rules.rows = rules.rows[:1]
        assert rules.cursor == 0


async def test_runs_stand_in_two_columns_where_there_is_room() -> None:
    async with Form().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        panel = app.query_one(FiresPanel)
        panel.fires = tuple(FireLine(f"Sun {day} Nov 02:00 CST", "08:00Z") for day in (1, 8, 15, 22, 29))
        panel.remarks = ("Sun 14 Mar 2027: 02:00 CST becomes 03:00 CDT",)
        await pilot.pause()
        line = next(line for line in app.text().splitlines() if " 1 Sun 1 Nov" in line)
        assert " 4 Sun 22 Nov 02:00 CST  08:00Z" in line
        assert "becomes 03:00 CDT" in app.text()
        panel.fires, panel.remarks, panel.empty = (), (), "none yet"
        await pilot.pause()
        assert "none yet" in app.text()
