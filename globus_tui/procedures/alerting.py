"""Tells of timers that turn bad or well again: a line that stays until it was seen, the bell, what is configured."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from globus_tui.domain.timer.alerts import Alert, AlertKind, Watcher
from globus_tui.domain.timer.cause import Hit
from globus_tui.domain.timer.health import Word
from globus_tui.domain.timer.job import JobId
from globus_tui.store.refresh_plan import FreshnessState

if TYPE_CHECKING:
    from globus_tui.present.timer_table import Listed
    from globus_tui.screens.console import Console
    from globus_tui.store.alert_hook import AlertHook

_KEPT = 200


class Alerting:
    """Compares each reading with the one before; reports what turned bad or well."""

    def __init__(self, app: Console) -> None:
        """What is in trouble when the console opens stands on its screen: that is no news."""
        self._app = app
        settings = app.settings
        self._watcher = Watcher(settings.alert_after, settings.clear_after, quiet_at_first=True)
        self._read_at: object = None
        self._broken: set[JobId] = set()
        self._unseen = 0
        self._told: list[tuple[Alert, str]] = []

    @cached_property
    def _hook(self) -> AlertHook | None:
        settings = self._app.settings
        if not settings.on_alert:
            return None
        from globus_tui.present.timer_table import SCHEMA
        from globus_tui.store.alert_hook import AlertHook
        from globus_tui.store.ledger import Ledger

        path = None if self._app.host.demo else settings.paths.state / "alerts.json"
        return AlertHook(settings.on_alert, Ledger(path, settings.profile), SCHEMA)

    def look(self) -> None:
        """Take the newest reading, unless it was looked at already; outdated rows say nothing."""
        self._take_reading()
        self._app.alert = self._line()

    def _take_reading(self) -> None:
        freshness = self._app.store.freshness
        if freshness.state is not FreshnessState.FRESH or freshness.checked_at == self._read_at:
            return
        if self._read_at is None and not self._app.store.has_all_tasks:
            return  # what is in trouble already is not all known yet
        self._read_at = freshness.checked_at
        states = self._app.store.states
        looks = [
            Hit.of(row.job_id, row.health, (row.source, row.destination))
            for row in states.rows.values()
            if row.health.word.is_trouble or self._watcher.remembers(row.job_id)
        ]
        if alerts := self._watcher.look(looks, self._app.store.now()):
            self._tell(alerts)
        if self._hook is not None and (alerts or self._hook.untold):
            from globus_tui.present.alert_words import alert_document

            documents = {alert.key: alert_document(alert, self._listed(alert)) for alert in alerts}
            self._app.run_worker(self._run_hook(self._hook, alerts, documents), group="alerts")
        if self._app.settings.breaker_after:
            self._break()

    def _break(self) -> None:
        """The circuit breaker: a timer that failed so often in a row is to be paused; told once."""
        app, often = self._app, self._app.settings.breaker_after
        failing = [row.job_id for row in app.states.rows.values() if row.active and row.health.word is Word.FAILED]
        due = {job_id for job_id in failing if app.states[job_id].history.failures_in_a_row >= often}
        new, self._broken = due - self._broken, due
        if not new:
            return
        names = ", ".join(app.states[job_id].job.label for job_id in sorted(new))
        if app.settings.breaker == "pause" and not app.settings.read_only:
            app.attempt(self._pause(new, f"failed {often} times in a row"), group="operations")
        else:
            app.say(f"{names}: failed {often} times in a row or more; s pauses it until that is mended", "warning")

    async def _pause(self, job_ids: set[JobId], reason: str) -> None:
        window = await self._app.windows.plan(sorted(job_ids), reason=reason)
        window, _ = await self._app.windows.begin(window.window_id)
        names = ", ".join(item.name for item in window.holding())
        self._app.say(f"paused by the circuit breaker: {names or 'nothing'}", "warning")

    def _tell(self, alerts: list[Alert]) -> None:
        """A timer that somebody paused, or knows of, is not well again: that ends its alert for `on_alert` only."""
        from globus_tui.present.alert_words import notification
        from globus_tui.tmux import inside_tmux

        app = self._app
        if told := [alert for alert in alerts if alert.is_well or alert.kind is not AlertKind.RECOVERED]:
            words = [self._words(alert) for alert in told]
            self._unseen += len(told)
            self._told = [*self._told, *zip(told, words, strict=True)][-_KEPT:]
            app.bell()
            for line in words:
                app.activity.note_message(f"alert: {line}", "warning")
            if sequence := notification(app.settings.terminal_alert, words, tmux=inside_tmux(os.environ)):
                app.write_raw(sequence)

    def _listed(self, alert: Alert) -> Listed:
        from globus_tui.present.timer_table import Listed
        from globus_tui.widgets.viewpoint import case_of

        state = self._app.store.states[JobId(alert.key)]
        return Listed(state, case_of(state, self._app.view), self._app.settings.profile)

    def _words(self, alert: Alert, said: str = "") -> str:
        """An alert as its timer's row would have it now; `said`: how it was told.

        Why a run failed is often read after it is known that it did, and a timer changes while its alert waits.
        """
        from globus_tui.present.alert_words import alert_words, overtaken

        if JobId(alert.key) not in self._app.store.states:
            return said
        listed = self._listed(alert)
        now = listed.state.health.word
        return (
            f"{said}; now {now.value}"
            if said and overtaken(alert, now)
            else alert_words(alert, listed, self._app.view.zone)
        )

    def lines(self) -> list[str]:
        """All alerts since the start, the newest first; what became of a timer is said of its newest alert only."""
        newest = {alert.key: alert for alert, _ in self._told}
        return [
            self._words(alert, said) if newest[alert.key] is alert else said for alert, said in reversed(self._told)
        ]

    def _line(self) -> str:
        if not self._unseen:
            return ""
        rest = f" (and {self._unseen - 1} more)" if self._unseen > 1 else ""
        alert, said = self._told[-1]
        return f"{self._words(alert, said)}{rest}"

    def mark_seen(self) -> None:
        self._unseen = 0
        self._app.alert = ""

    async def _run_hook(self, hook: AlertHook, alerts: list[Alert], documents: dict[str, Any]) -> None:
        if problem := await hook.tell(alerts, documents):
            self._app.say(problem, "error")
