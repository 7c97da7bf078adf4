"""What a timer does when it runs: the transfer document or the flow's start document, checked and filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from globus_tui.sandbox.timer_checks import Checked, a_flag, a_moment, a_text, an_id, one_of

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document
    from globus_tui.sandbox.timer_checks import Reader

_OFF = [
    "verify_checksum",
    "encrypt_data",
    "preserve_timestamp",
    "skip_source_errors",
    "fail_on_quota_errors",
    "delete_destination_extra",
    "store_base_path_info",
]
_ON = ["notify_on_succeeded", "notify_on_failed", "notify_on_inactive"]
_TEXTS = ["label", "source_local_user", "destination_local_user"]
_KNOWN = frozenset(
    [
        *_OFF,
        *_ON,
        *_TEXTS,
        *["DATA_TYPE", "source_endpoint", "destination_endpoint", "DATA", "deadline", "sync_level", "filter_rules"],
    ]
)
_ITEM = frozenset(
    ["DATA_TYPE", "source_path", "destination_path", "recursive", "external_checksum", "checksum_algorithm"]
)


def checked_transfer(body: Checked, strict: bool = True) -> Document:
    """A transfer document with the service's defaults (documented), problems noted in `body`.

    Args:
        body: the document as posted.
        strict: refuse fields that the specification does not list, `submission_id` and
            `skip_activation_check` among them (v2); otherwise they are kept (v1 stores what it is given).
    """
    body.take("DATA_TYPE", one_of("transfer"))
    for end in ("source_endpoint", "destination_endpoint"):
        body.take(end, an_id, required=True)
    _items(body)
    _options(body)
    if strict:
        body.only(_KNOWN)
    defaults = {"DATA_TYPE": "transfer"} | dict.fromkeys(_OFF, False) | dict.fromkeys(_ON, True)
    given = {key: value for key, value in body.document.items() if value is not None}
    return defaults | given


def checked_flow(body: Checked) -> Document:
    """A flow's start document, problems noted in `body`."""
    body.below("body")
    for name in ("run_managers", "run_monitors", "tags"):
        body.take(name, _texts)
    body.take("label", a_text)
    return body.document


def from_legacy(body: Checked) -> Document:
    """The transfer document behind the action provider's form, problems noted in `body`."""
    for end in ("source_endpoint_id", "destination_endpoint_id"):
        body.take(end, an_id, required=True)
    items = body.take("transfer_items", _objects, default=[], required=True)
    given = dict(body.document)
    for name in ("source_endpoint_id", "destination_endpoint_id", "transfer_items"):
        given.pop(name, None)
    return given | {
        "DATA_TYPE": "transfer",
        "source_endpoint": body.document.get("source_endpoint_id"),
        "destination_endpoint": body.document.get("destination_endpoint_id"),
        "DATA": [{"DATA_TYPE": "transfer_item", **item} for item in items],
    }


def _items(body: Checked) -> None:
    items = body.take("DATA", _objects, required=True)
    if items is None:
        return
    if not items:
        body.wrong(("DATA",), "ensure this value has at least 1 items", "value_error.list.min_items")
    for place, item in enumerate(items):
        one = Checked(item, (*body.where, "DATA", place), body.problems)
        one.take("source_path", a_text, required=True)
        one.take("destination_path", a_text, required=True)
        one.take("recursive", a_flag)
        one.only(_ITEM)


def _options(body: Checked) -> None:
    readers: dict[str, Reader] = dict.fromkeys([*_OFF, *_ON], a_flag) | dict.fromkeys(_TEXTS, a_text)
    readers |= {"deadline": a_moment, "sync_level": one_of(0, 1, 2, 3)}
    for name, read in readers.items():
        body.take(name, read)
    for place, rule in enumerate(body.take("filter_rules", _objects, default=[])):
        one = Checked(rule, (*body.where, "filter_rules", place), body.problems)
        one.take("name", a_text, required=True)
        one.take("method", one_of("include", "exclude"))
        one.take("type", one_of("file", "dir"))


def _objects(value: Any) -> list[Document]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("value is not a valid list")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("value is not a valid list")
    return value
