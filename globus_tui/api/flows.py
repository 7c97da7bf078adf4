"""The Flows service, as far as flow timers need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.api.bearer import Bearer, TokenSource
from globus_tui.api.decode import read_listing
from globus_tui.api.exchange import Answer, segment
from globus_tui.domain import wire
from globus_tui.domain.auth.scope import FLOWS_SERVER
from globus_tui.domain.transfer.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.api.http import Connection

MOST_FLOWS = 100
"""Pages are read until there are so many: the service gives 20 at a time."""


class FlowsClient:
    """Flows. All methods raise what `Connection.request` raises."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, FLOWS_SERVER)

    async def list_flows(
        self, *, filter_fulltext: str | None = None, filter_roles: Sequence[str] = ()
    ) -> tuple[Flow, ...]:
        """The flows that the user may see; of very many the first ones.

        `filter_roles`: e.g. `flow_starter`; sources differ on singular and plural, see the service's own docs.
        """
        query = {"filter_fulltext": filter_fulltext, "filter_roles": ",".join(filter_roles) or None}
        flows: list[Flow] = []
        while True:
            answer = await self._get("/flows", query)
            page = await read_listing(answer, "flows", lambda entry: Flow.from_document(wire.document(entry)))
            flows += page.items
            marker = wire.text(page.members.get("marker"))
            if marker is None or not page.items or len(flows) >= MOST_FLOWS:
                return tuple(flows)
            query = {"marker": marker}  # which stands for all of the query (documented)

    async def get_flow(self, flow_id: str) -> Flow:
        """One flow, with the schema of its input. Raises `ServiceError`: there is none, or one may not see it."""
        return Flow.from_document((await self._get(f"/flows/{segment(flow_id)}")).object())

    async def _get(self, path: str, query: Mapping[str, object] | None = None) -> Answer:
        return await self._connection.request("flows", "GET", path, query=query, auth=self._auth)
