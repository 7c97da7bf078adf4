"""gladier: registers a flow and runs it, as a service account."""

from __future__ import annotations

import os

from steps import ARCHIVE, DEPOT, SERVICE, OwnTrouble, step

os.environ["GLADIER_CLIENT_ID"], os.environ["GLADIER_CLIENT_SECRET"] = SERVICE
import gladier  # noqa: E402
from gladier.tools.globus import Transfer  # noqa: E402

run = {}


class Mover(gladier.GladierBaseClient):
    flow_definition = Transfer().get_flow_definition()


@step("register a flow")
def _():
    run["client"] = Mover()
    run["client"].flows_manager.flow_definition = Mover.flow_definition
    try:
        run["client"].sync_flow()
    except KeyError as wrong:
        raise OwnTrouble(f"KeyError {wrong}: it needs a refresh token, and service accounts have none") from None


@step("run it")
def _():
    given = {
        "transfer_source_endpoint_id": DEPOT, "transfer_destination_endpoint_id": ARCHIVE,
        "source_transfer_path": "/results/", "destination_transfer_path": "/archive/projects/",
    }  # fmt: skip
    run["id"] = run["client"].run_flow(flow_input={"input": given})["run_id"]


@step("its state")
def _():
    assert run["client"].get_status(run["id"])["status"] in {"ACTIVE", "SUCCEEDED"}
