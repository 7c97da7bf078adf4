"""Timers as fleet files want them beside the real ones: what differs, and making it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.content import Content

from globus_tui.commands import FLEET, Command
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.fleet.words import Line, do_words, item_lines, plan_lines, result_words, sum_words, why_words
from globus_tui.lines.columns import Cell, Column, Span
from globus_tui.lines.list import LineList
from globus_tui.present.sizes import counted
from globus_tui.screens.confirm import Confirm, tell_ends
from globus_tui.screens.searching import ListScreen
from globus_tui.screens.show_text import BareText

if TYPE_CHECKING:
    from globus_tui.domain.timer.job import Job
    from globus_tui.fleet.plan import Item, Plan


_STYLES = {
    "add": "$text-success", "change": "$text-warning", "remove": "$text-error", "bad": "bold $text-error",
    "warn": "$text-warning",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A timer of the files, or one that is in none of them."""

    key: str
    name: str
    item: Item | None = None
    job: Job | None = None


class FleetScreen(ListScreen):
    ABOUT = (
        "The files of a folder say how timers should be. What differs at Globus stands first; nothing is done before "
        "it was shown and agreed to. Timers in no file stand last."
    )
    COMMANDS_SHOWN: ClassVar[tuple[Command, ...]] = FLEET
    LIST, HEAD, READING = "fleet", "fleet-sum", "The files are being compared with the timers."
    SHOWN_ANEW_FOR = frozenset()  # comparing asks services
    _fleet_plan: Plan | None = None

    def columns(self) -> tuple[Column[FleetRow], ...]:
        return (
            Column("do", "DO", self._cell_do, width=18),
            Column("name", "NAME", lambda row: row.name, min_width=20, max_width=48, weight=2),
            Column("why", "WHY", lambda row: why_words(row.item) if row.item else "", min_width=20, weight=3),
        )

    def title_words(self) -> str:
        return f"Fleet files > {self.app.fleet.where}"

    @work(group="fleet", exclusive=True)
    async def show(self) -> None:
        try:
            plan = await self.app.fleet.plan()
        except GlobusTuiError as wrong:
            words = wrong.in_full.splitlines()[0]
            self.line_list.empty = words
            self.app.say(words, "warning", about="fleet")
            if "\n" in str(wrong):
                self.app.push_screen(BareText(str(wrong)))
            return
        self.app.unsay("fleet")
        self._fleet_plan = plan
        rows = [FleetRow(f"file:{item.key}", item.name or item.key, item, item.job) for item in plan.items]
        rows.sort(key=lambda row: row.item is None or not (row.item.acts or row.item.drift or row.item.stopped))
        rows += [FleetRow(str(job.job_id), job.label, None, job) for job in plan.others]
        self.set_rows(rows, sum_words(plan), "$text-error" if plan.stopped else "$text-muted")

    def leave(self) -> None:
        super().leave()
        self.app.unsay("fleet")

    def _cell_do(self, row: FleetRow) -> Cell:
        if row.item is None:
            return Span("in no file", "muted")
        return Span(do_words(row.item), "error" if row.item.stopped else "" if row.item.acts else "muted")

    @on(LineList.Chosen, "#fleet")
    def show_differences(self) -> None:
        row, plan = self.line_list.cursor_row, self._fleet_plan
        if row is not None and row.item is not None and plan is not None:
            self.app.push_screen(BareText(Content("\n").join(map(self._painted, item_lines(row.item, plan)))))

    def _painted(self, line: Line) -> Content:
        return Content.styled(self.safe(line.text), _STYLES.get(line.style, ""))

    def action_fleet_apply(self) -> None:
        row, plan = self.line_list.cursor_row, self._fleet_plan
        if plan is None:
            self.tell(self.line_list.empty)  # that they are being compared, or why they cannot be
        elif row is None or row.item is None:
            self.tell("It is in no file: w writes it into the folder.")
        elif row.item.stopped:
            self.tell("It cannot be made so: enter says why.")
        elif not row.item.acts:
            self.tell("It is as its file says.")
        else:
            self._ask(plan, list(item_lines(row.item, plan)), (row.item.key,))

    def action_fleet_apply_all(self) -> None:
        plan = self._fleet_plan
        if plan is None:
            self.tell(self.line_list.empty)
        elif plan.stopped:
            self.tell(f"{sum_words(plan)} Enter on them says why.")
        elif not plan.to_do:
            self.tell("Nothing is to be done.")
        else:
            self._ask(plan, list(plan_lines(plan)), None)

    def _ask(self, plan: Plan, lines: list[Line], only: tuple[str, ...] | None) -> None:
        heading = f"Apply the fleet's files to {counted(len(plan.steps(only)), 'timer')}?"
        words = "An edit makes another timer in the old one's place; the old one is kept, paused."
        sheet = Confirm(heading, (words,), verb="apply", listed=[*map(self._painted, lines)])
        sheet.ask(lambda _: self.app.attempt(self._apply(plan, only), group="operations"))

    async def _apply(self, plan: Plan, only: tuple[str, ...] | None) -> None:
        results = await self.app.fleet.apply(plan, only)
        tell_ends(self.app, [(result.done, result.item.name, result_words(result)) for result in results], "applied")
        if self.is_mounted:
            self.show()

    def action_fleet_write(self) -> None:
        row = self.line_list.cursor_row
        if row is None or row.item is not None or row.job is None:
            self.tell("It is in a file already.")
        else:
            self.app.run_worker(self._write(row.job), group="fleet-write")

    async def _write(self, job: Job) -> None:
        if await self.app.fleet.write([job]) and self.is_mounted:
            self.show()
