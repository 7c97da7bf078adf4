"""What a timer's stored credential lacks, and the documents in which the service says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_tui.sandbox.state import TIMER_SCOPE, TRANSFER_ALL, Document, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from globus_tui.sandbox.state import Sandbox, Timer

ACTION_PROVIDER_SCOPE = "https://auth.globus.org/scopes/actions.globus.org/transfer/transfer"
MESSAGE = "Missing required data_access consent"


def chains_of(sandbox: Sandbox, identity_id: str, client_id: str) -> frozenset[str]:
    """All consents that a person gave to a client, as `root>child>leaf` chains of scope names."""
    mine = {
        consent.consent_id: consent
        for consent in sandbox.consents
        if consent.client_id == client_id and sandbox.owns(consent.identity_id, identity_id)
    }
    return frozenset(
        ">".join(mine[step].scope for step in consent.path)
        for consent in mine.values()
        if all(step in mine for step in consent.path)
    )


def held_chains(sandbox: Sandbox, timer: Timer) -> frozenset[str]:
    """What the timer's credential may do: frozen with the credential, or else what its owner consents to now."""
    if timer.consents is not None:
        return timer.consents
    return chains_of(sandbox, timer.owner, timer.client_id)


def check_consents(sandbox: Sandbox, timer: Timer) -> None:
    """Checked when a run starts, never at creation (documented).

    Raises:
        Refusal: 403 with an authorization requirement, in the shape that `quirks["gare"]` names.
    """
    held = held_chains(sandbox, timer)
    if timer.timer_type == "flow":
        scope = flow_scope(str(timer.flow_id))
        if f"{TIMER_SCOPE}>{scope}" not in held:
            wanted = f"{TIMER_SCOPE}[{scope}]"
            raise Refusal(403, _canonical("Missing required flow consent", [wanted]))
        return
    missing = [scope for scope in _data_access_needed(sandbox, timer) if not _allows(held, scope)]
    if missing:
        raise Refusal(403, consent_document(str(timer.quirks.get("gare", "timer")), missing))


def consent_document(shape: str, leaves: list[str]) -> Document:
    """The requirement for data_access scopes in one of the shapes seen in public sources.

    Which of them the real service emits today is not known.

    Args:
        shape: `timer` (rooted at the timer scope, as today's requests are), `ap` (at the Transfer action
            provider, SDK fixture), `timer_ap` (timer > action provider, CLI fixture), `flat` (scopes at the top
            level, old Transfer), `single` (one `required_scope`, old action providers).
        leaves: names of the data_access scopes.
    """
    inner = f"{TRANSFER_ALL}[{' '.join('*' + leaf for leaf in leaves)}]"
    through_provider = f"{ACTION_PROVIDER_SCOPE}[{inner}]"
    wanted = {"ap": through_provider, "timer_ap": f"{TIMER_SCOPE}[{through_provider}]", "single": through_provider}
    scope = wanted.get(shape, f"{TIMER_SCOPE}[{inner}]")
    if shape == "flat":
        return {"code": "ConsentRequired", "message": MESSAGE, "required_scopes": [scope]}
    if shape == "single":
        return {"code": "ConsentRequired", "description": MESSAGE, "required_scope": scope}
    return _canonical(MESSAGE, [scope])


def authorization_detail(body: Document) -> Document | None:
    """The authorization requirement in an error body, at its root or under `error`; None when there is none."""
    for place in _places(body):
        if isinstance(place.get("authorization_parameters"), dict):
            code = str(place.get("code") or "")
            if not code or code.startswith("ExternalError"):  # a login that the storage refused: 502 of Transfer
                code = "AuthorizationParameters"
            return {"code": code, "authorization_parameters": place["authorization_parameters"]}
        if place.get("code") == "ConsentRequired" and ("required_scopes" in place or "required_scope" in place):
            return place
    return None


def flow_scope(flow_id: str) -> str:
    """The user scope of one flow (documented)."""
    return f"https://auth.globus.org/scopes/{flow_id}/flow_{flow_id.replace('-', '_')}_user"


def _canonical(message: str, scopes: list[str]) -> Document:
    parameters = {"session_message": message, "required_scopes": scopes}
    return {"code": "ConsentRequired", "authorization_parameters": parameters}


def _places(body: Document) -> Iterator[Document]:
    yield body
    if isinstance(body.get("error"), dict):
        yield body["error"]


def _data_access_needed(sandbox: Sandbox, timer: Timer) -> list[str]:
    ends = dict.fromkeys((timer.body.get("source_endpoint"), timer.body.get("destination_endpoint")))
    found = (sandbox.collections.get(str(end)) for end in ends)
    return [
        f"https://auth.globus.org/scopes/{collection.collection_id}/data_access"
        for collection in found
        if collection is not None and collection.needs_data_access
    ]


def _allows(held: frozenset[str], leaf: str) -> bool:
    # Timers made before the end of 2024 hold their consents through the Transfer action provider.
    return (
        f"{TIMER_SCOPE}>{TRANSFER_ALL}>{leaf}" in held
        or f"{TIMER_SCOPE}>{ACTION_PROVIDER_SCOPE}>{TRANSFER_ALL}>{leaf}" in held
    )
