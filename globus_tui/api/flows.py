"""The Flows service, as far as flow timers need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from globus_tui.api.bearer import FLOWS, Bearer, TokenSource
from globus_tui.api.decode import read_listing
from globus_tui.api.exchange import Answer, joined, segment
from globus_tui.domain import wire
from globus_tui.domain.timer.job import Page
from globus_tui.domain.transfer.flow import Flow, FlowRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from globus_tui.api.http import Connection
    from globus_tui.domain.wire import Document

T = TypeVar("T")


class FlowsClient:
    """Flows and their runs. All methods raise what `Connection.request` raises."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._tokens = tokens

    async def list_flows(
        self,
        *,
        filter_fulltext: str | None = None,
        filter_roles: str | Sequence[str] | None = None,
        orderby: str | Sequence[str] | None = None,
        marker: str | None = None,
    ) -> Page[Flow]:
        """Flows that the user may see.

        Args:
            filter_roles: e.g. `flow_starter`; sources differ on singular and plural, see the service's own docs.
            orderby: e.g. `updated_at DESC`; several repeat the parameter.
            marker: of the page before; the service then ignores everything else.
        """
        query = {
            "filter_fulltext": filter_fulltext,
            "filter_roles": joined(filter_roles),
            "orderby": orderby,
            "marker": marker,
        }
        return await self._page("/flows", query, "flows", Flow.from_document)

    async def get_flow(self, flow_id: str) -> Flow:
        return Flow.from_document((await self._get(f"/flows/{segment(flow_id)}")).object())

    async def run_flow(
        self,
        flow_id: str,
        body: Mapping[str, Any],
        *,
        label: str | None = None,
        tags: Sequence[str] | None = None,
        run_managers: Sequence[str] | None = None,
        run_monitors: Sequence[str] | None = None,
    ) -> FlowRun:
        """Starts a flow now, with a token for the flow itself. Never sent twice by itself."""
        stated = {"label": label, "tags": tags, "run_managers": run_managers, "run_monitors": run_monitors}
        sent = {"body": dict(body)} | {
            key: value if isinstance(value, str) else list(value) for key, value in stated.items() if value is not None
        }
        auth = Bearer(self._tokens, flow_id)
        path = f"/flows/{segment(flow_id)}/run"
        return FlowRun.from_document(
            (await self._connection.request("flows", "POST", path, json=sent, auth=auth)).object()
        )

    async def list_runs(
        self,
        *,
        filter_flow_id: str | Sequence[str] | None = None,
        filter_roles: str | Sequence[str] | None = None,
        marker: str | None = None,
    ) -> Page[FlowRun]:
        query = {"filter_flow_id": joined(filter_flow_id), "filter_roles": joined(filter_roles), "marker": marker}
        return await self._page("/runs", query, "runs", FlowRun.from_document)

    async def get_run(self, run_id: str) -> FlowRun:
        return FlowRun.from_document((await self._get(f"/runs/{segment(run_id)}")).object())

    async def _get(self, path: str, query: Mapping[str, object] | None = None) -> Answer:
        return await self._connection.request("flows", "GET", path, query=query, auth=Bearer(self._tokens, FLOWS))

    async def _page(self, path: str, query: Mapping[str, object], key: str, read: Callable[[Document], T]) -> Page[T]:
        listing = await read_listing(await self._get(path, query), key, lambda entry: read(wire.document(entry)))
        return Page(listing.items, marker=_following(listing.rest))


def _following(rest: Document) -> str | None:
    """The next page's marker; a marker on a page that says it is the last one leads nowhere."""
    return None if rest.get("has_next_page") is False else wire.text(rest.get("marker"))
