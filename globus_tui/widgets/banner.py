"""The state of a timer: one line if all is well; else what is wrong, since when, and the key that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from globus_tui.present.health_sentences import explain, headline
from globus_tui.present.health_words import Case, remedies
from globus_tui.present.marks import health_sign
from globus_tui.present.safe_text import safe_line
from globus_tui.widgets.text_line import NoteLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult


_STYLES = ("error", "warning", "success", "accent", "muted")


class Banner(Vertical):
    """The state of one timer in words. Still: it is drawn again only when a word of it changes."""

    def __init__(self, key_of: Callable[[str], str], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Make the banner; `key_of` gives the key of a command."""
        super().__init__(id=id)
        self._banner_key_of = key_of

    def compose(self) -> ComposeResult:
        yield Static(id="banner-head", markup=False)
        yield NoteLine(id="banner-words")
        yield Static(id="banner-key", markup=False)

    def show(self, case: Case, doing: str | None = None) -> None:
        """Show it; `doing`: a change of it is on its way."""
        sign, trouble = health_sign(case.health.word), case.health.word.is_trouble or case.job.stands_still
        for style in _STYLES:
            self.set_class(style == sign.style, f"-{style}")
        self.set_class(not trouble, "-quiet")
        head = f"{sign.glyph(ascii_only=case.ascii_only)} {self._safe(headline(case), case)}"
        if doing:
            head = f"{'~' if case.ascii_only else '…'} {doing}   {head}"
        words = self._safe(explain(case), case)
        self._say("#banner-head", Content.assemble((head, "bold"), "" if trouble else f"  {words}"))
        why = self.query_one("#banner-words", NoteLine)
        why.display, why.left = trouble and bool(words), Content(words if trouble else "")
        self._say("#banner-key", self._help(case) if trouble else Content())

    def _help(self, case: Case) -> Content:
        """The keys that help; not the one that opened this screen."""
        hints = [remedy for remedy in remedies(case.job, case.health) if remedy[0] != "list.choose"]
        keys = ((self._banner_key_of(key), self._safe(does, case)) for key, does in hints)
        return Content("   ").join(Content.assemble((key, "bold $primary"), f"  {does}") for key, does in keys)

    def _say(self, selector: str, words: Content) -> None:
        line = self.query_one(selector, Static)
        line.display = bool(words)
        if line.content != words:
            line.update(words)

    @staticmethod
    def _safe(text: str, case: Case) -> str:
        return safe_line(text, ascii_only=case.ascii_only)
