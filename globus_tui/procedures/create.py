"""Creating what a wizard describes: consent first, one request, and never a second one by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from globus_tui.commands import key_words
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.making.draft import Draft, What
from globus_tui.present.review_facts import group_words
from globus_tui.screens.confirm import LostAnswer
from globus_tui.store.creation import Attempt, Created, Creation, GroupCreation, NotCreated, Submitted, Unconfirmed
from globus_tui.store.operations import NeedsConsent, SignedOut

if TYPE_CHECKING:
    from globus_tui.procedures.start_now import ByKey
    from globus_tui.screens.console import Console
    from globus_tui.screens.create.wizard import WizardScreen


class Create:
    """One creation, from the key press to the new timer's screen. Runs in a worker of the application.

    `LOOKS_EVERY`: seconds after which a creation without an answer is looked for by itself; None: only when asked.
    """

    LOOKS_EVERY: ClassVar[float | None] = None

    def __init__(self, app: Console, wizard: WizardScreen | ByKey, heading: str = "") -> None:
        """Create what a wizard describes, or what a key is to start at once.

        `heading`: of the screen that follows a transfer; empty: the draft's name, label or places.
        """
        self._app = app
        self._heading = heading
        self._wizard = wizard
        self._keeper = wizard.keeper
        self._draft = wizard.draft
        self._group: GroupCreation | None = None
        self._creator = app.making.creator(self._keeper.sending)

    async def run(self) -> None:
        """Create, and end in words, in a question, or on the screen of the new timer."""
        if self._wizard.is_sending:
            return
        self._wizard.set_sending(sending=True)
        self._app.say("Sending …")
        try:
            creation = await self._through_consent(self._draft, after=self._keeper.attempt)
            while isinstance(creation, Unconfirmed):
                transfer = creation.attempt.timer is None
                sheet = LostAnswer(creation.words, transfer=transfer, looks_every=self.LOOKS_EVERY)
                answer = await self._app.push_screen_wait(sheet)
                if answer is None:
                    self._app.say("Nothing more was sent; the draft is kept with what is known.", "warning")
                    return
                creation = await self._after_lost(creation, again=answer == LostAnswer.AGAIN)
        except GlobusTuiError as wrong:
            self._app.say(wrong.in_full, "error")
            return
        finally:
            self._wizard.set_sending(sending=False)
        if self._group is None or not (self._group.created or self._group.others):
            self._keeper.forget_attempt()  # of a group that stopped on the way it tells what is there already
        await self._end(creation)

    async def _after_lost(self, lost: Unconfirmed, *, again: bool) -> Creation:
        self._draft = lost.draft
        if not again:
            creation = await self._creator.look_again(lost.attempt, lost.draft)
            if len(lost.draft.group) < 2 or not isinstance(creation, Created):
                return creation
        return await self._create(lost.draft, check_consents=False, after=lost.attempt, again=True)

    async def _through_consent(self, draft: Draft, after: Attempt | None) -> Creation:
        """Create; where a consent is missing, one login and one more try."""
        creation = await self._create(draft, check_consents=True, after=after)
        if not isinstance(creation, NeedsConsent):
            return creation
        noun = "transfer" if draft.what is What.TRANSFER_NOW else "timer"
        after = self._keeper.attempt if self._group is not None else None
        if not await self._app.sign_in.consent(creation.gare, f"Consent before the {noun} is created"):
            return NotCreated("Nothing was sent: the consent was not given. The draft is kept.")
        return await self._create(draft, check_consents=False, after=after)

    async def _create(
        self, draft: Draft, *, check_consents: bool, after: Attempt | None, again: bool = False
    ) -> Creation:
        if len(draft.group) < 2:
            return await self._creator.create(draft, check_consents=check_consents, after=after, again=again)
        self._group = group = await self._creator.create_group(
            draft, check_consents=check_consents, after=after, again=again
        )
        words = group_words(group, len(draft.group))
        if group.stopped_by is None:
            return replace(
                group.created[0], words=words, note=_joined(*(timer.note for timer in group.created)) or None
            )
        if isinstance(group.stopped_by, NotCreated | Unconfirmed) and words:
            return replace(group.stopped_by, words=f"{words} {group.stopped_by.words}")
        return group.stopped_by

    async def _end(self, creation: Creation) -> None:
        if isinstance(creation, Created):
            await self._open(creation)
        elif isinstance(creation, Submitted):
            self._follow(creation)
        elif isinstance(creation, NotCreated):
            advice = creation.error.advice if creation.error else ""
            self._wizard.show_problems(creation.problems, _joined(creation.words, advice))
        elif isinstance(creation, NeedsConsent):
            words = creation.gare.session_message or "Globus still asks for a consent, though it was given"
            self._app.say(f"Not created: {words.rstrip('.')}. The draft is kept.", "error")
        elif isinstance(creation, SignedOut):
            self._app.say(f"{creation.words} {creation.advice}", "error")

    async def _open(self, created: Created) -> None:
        from globus_tui.screens.job_detail import JobDetailScreen

        self._leave()
        self._app.say(_joined(created.words, created.note, self._fleet_words()))
        await self._app.store.refresh()
        await self._app.store.read_journal()
        self._app.book_wake()
        self._app.open_screen(JobDetailScreen(created.job.job_id))

    def _fleet_words(self) -> str | None:
        """How it gets into the fleet's files, where there are some."""
        if self._app.fleet.where is None:
            return None
        if self._draft.replaces in self._app.fleet.in_files:
            return "Its fleet file says otherwise until it is changed there, too."
        return f"{key_words(self._app.settings.keys, 'job.to-file')} writes it into the fleet's files."

    def _follow(self, handed_in: Submitted) -> None:
        from globus_tui.screens.task_screen import TaskScreen

        self._leave()
        self._app.say(_joined(handed_in.words, handed_in.note))
        draft = self._draft
        places = f"{draft.source_name or '?'} to {draft.destination_name or '?'}"
        heading = self._heading or f"Transfer {draft.name or draft.transfer.label or places}"
        self._app.open_screen(TaskScreen(handed_in.task_id, heading))

    def _leave(self) -> None:
        self._keeper.discard()
        top: object = self._app.screen
        if top is self._wizard:  # somebody may have left it meanwhile, or there is none
            self._app.screen.dismiss()


def _joined(*sentences: str | None) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
