"""Shows the consent prompt: makes the link, takes the code, and tells what was agreed to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass
from globus_tui.domain.scope import render
from globus_tui.procedures.link_file import remove_link, write_link
from globus_tui.screens.consent_prompt import Asked, Choice, Prompt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from globus_tui.app import GlobusTui
    from globus_tui.auth.account import Account
    from globus_tui.auth.login import LoginAttempt
    from globus_tui.auth.sign_in_request import SignInRequest
    from globus_tui.domain.credentials import Secret


@dataclass(frozen=True, slots=True)
class Question:
    """What a prompt is opened for.

    Attributes:
        heading: why.
        request: the login; None when none is needed.
        words: what it asks for and why, a line each.
        then: what happens by itself afterwards.
        choices: what may be left out of that.
        change: the login that is needed for these choices only.
    """

    heading: str
    request: SignInRequest | None
    words: Callable[[SignInRequest | None], tuple[str, ...]]
    then: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    change: Callable[[frozenset[str]], Awaitable[SignInRequest | None]] | None = None


class Prompting:
    """One prompt at a time. Must be awaited in a worker, as Textual's `push_screen_wait` must."""

    def __init__(
        self,
        app: GlobusTui,
        account: Account,
        state: Path,
        *,
        browser: Callable[[str], Awaitable[str | None]] | None = None,
        open_link: Callable[[str], object] | None = None,
    ) -> None:
        """Nothing is shown yet; for the arguments see `SignIn`."""
        self._app = app
        self._account = account
        self._state = state
        self._browser = browser
        self._open_link = open_link
        self._busy = asyncio.Lock()

    async def ask(self, question: Question) -> frozenset[str] | None:
        """Opens the prompt and waits.

        Returns:
            The keys of the choices that were left in, once tokens came or when none were needed; None when the person
            left everything as it was.

        Raises:
            GlobusTuiError: the link could not be made, a service account was refused a scope, or what is wanted has to
                be proved by a person.
        """
        async with self._busy:
            under_way = _UnderWay(self._account, question)
            await under_way.begin(question.request)
            if under_way.only_for_people and not question.choices:
                raise GlobusTuiError("Globus wants proof that only a person can give by signing in.")
            if not under_way.asks_for_something and not question.choices:
                return frozenset()
            try:
                picked = await self._show(question, under_way)
                if picked is not None:
                    await under_way.agree()
                return picked
            finally:
                await asyncio.to_thread(remove_link, self._state)

    async def _show(self, question: Question, under_way: _UnderWay) -> frozenset[str] | None:
        from globus_tui.screens.consent import ConsentScreen

        async def change(left: frozenset[str]) -> Asked:
            await under_way.change(left)
            return await self._asked(question, under_way)

        browser = self._browser
        prompt = Prompt(
            heading=question.heading,
            asked=await self._asked(question, under_way),
            submit=under_way.submit,
            then=question.then,
            choices=question.choices,
            change=change if question.change else None,
            browser=browser,
            open_link=None if browser else self._open_link,
        )
        return await self._app.push_screen_wait(ConsentScreen(prompt))

    async def _asked(self, question: Question, under_way: _UnderWay) -> Asked:
        request, attempt = under_way.request, under_way.attempt
        words = question.words(request)
        if attempt is None:
            return Asked((*words, *_of_service_account(request)), None)
        new = ("New:", render(request.scopes), "") if request and request.scopes else ()
        link_file = None if self._browser else await asyncio.to_thread(write_link, self._state, attempt.url)
        return Asked(
            (*words, *self._stay(request)),
            attempt.url,
            (*new, "All that this sign-in asks for:", render(attempt.scopes)),
            link_file,
        )

    def _stay(self, request: SignInRequest | None) -> tuple[str, ...]:
        """Who has to sign in, when the profile is somebody's already."""
        who, names = self._account.who, self._account.identity_names()
        if who is None:
            return ()
        if request and any(names.get(one) != who for one in request.identities):
            return (f"Sign in as {who}, whose profile this is; Globus asks for the other identity on the way.",)
        return (f"Sign in as {who}: this profile is theirs.",)


class _UnderWay:
    """The login that the prompt stands for now: another choice may make it another one."""

    def __init__(self, account: Account, question: Question) -> None:
        self.request: SignInRequest | None = None
        self.attempt: LoginAttempt | None = None
        self._account = account
        self._question = question

    @property
    def asks_for_something(self) -> bool:
        """There is a login to make, or a service account has to ask for scopes."""
        return self.attempt is not None or bool(self.request and self.request.scopes)

    @property
    def only_for_people(self) -> bool:
        """A service account is asked for what only a login can prove."""
        return self.attempt is None and bool(self.request and self.request.wants_session)

    async def agree(self) -> None:
        """Asks for what needs no login, now that the user agreed.

        Raises:
            GlobusTuiError: a service account was refused a scope.
        """
        if self.attempt is None and self.request is not None:
            await self._account.consent(self.request)

    async def begin(self, request: SignInRequest | None) -> None:
        """Makes the link, if there is something to ask for."""
        self.request = request
        self.attempt = await self._account.begin(request) if request is not None else None

    async def change(self, left: frozenset[str]) -> None:
        """Asks only for what is left; the link stays the same when that changes nothing."""
        if self._question.change is None:
            return
        request = await self._question.change(left)
        if request != self.request:
            await self.begin(request)

    async def submit(self, pasted: Secret) -> str | None:
        """Turns what was pasted into tokens; gives what is wrong, in words, when that fails."""
        if self.attempt is None:
            return "No sign-in is needed."
        try:
            await self._account.finish(self.attempt, pasted)
        except GlobusTuiError as wrong:
            return wrong.in_full
        return None


def _of_service_account(request: SignInRequest | None) -> tuple[str, ...]:
    """What is different without a login, where there is something to ask for."""
    if request is None:
        return ()
    asks = ("A service account needs no login: with Enter it asks for this itself.",) if request.scopes else ()
    cannot = ("What has to be proved by signing in, it cannot prove: such timers stay as they are.",)
    return (*asks, *(cannot if request.wants_session else ()))
