"""The Flows service, as far as flow timers need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.api.bearer import FLOWS, Bearer, TokenSource
from globus_tui.api.decode import read_listing
from globus_tui.api.exchange import Answer, segment
from globus_tui.domain import wire
from globus_tui.domain.transfer.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from globus_tui.api.http import Connection


class FlowsClient:
    """Flows. All methods raise what `Connection.request` raises."""

    def __init__(self, connection: Connection, tokens: TokenSource) -> None:
        self._connection = connection
        self._auth = Bearer(tokens, FLOWS)

    async def list_flows(
        self, *, filter_fulltext: str | None = None, filter_roles: Sequence[str] = ()
    ) -> tuple[Flow, ...]:
        """The first page of the flows that the user may see.

        `filter_roles`: e.g. `flow_starter`; sources differ on singular and plural, see the service's own docs.
        """
        query = {"filter_fulltext": filter_fulltext, "filter_roles": ",".join(filter_roles) or None}
        answer = await self._get("/flows", query)
        return (await read_listing(answer, "flows", lambda entry: Flow.from_document(wire.document(entry)))).items

    async def get_flow(self, flow_id: str) -> Flow:
        return Flow.from_document((await self._get(f"/flows/{segment(flow_id)}")).object())

    async def _get(self, path: str, query: Mapping[str, object] | None = None) -> Answer:
        return await self._connection.request("flows", "GET", path, query=query, auth=self._auth)
