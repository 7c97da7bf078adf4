"""Requirements are read as the official SDK reads them, and better where it loses something."""

from __future__ import annotations

from typing import Any

import pytest
from globus_sdk.gare import to_gare as sdk_to_gare
from globus_sdk.testing import construct_error
from hypothesis import given
from hypothesis import strategies as st

from globus_tui.domain.auth.gare import Gare, find_gare, to_gare

DATA_ACCESS = "urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/1a2b/data_access]"
FIELDS = (
    "required_scopes",
    "session_message",
    "session_required_identities",
    "session_required_policies",
    "session_required_single_domain",
    "session_required_mfa",
    "prompt",
)


def by_the_sdk(found: Any) -> dict[str, Any] | None:
    """The SDK's result; empty and missing lists are the same to us."""
    if found is None:
        return None
    parameters = found.authorization_parameters
    return {"code": found.code} | {name: getattr(parameters, name) or None for name in FIELDS}


def by_us(found: Gare | None) -> dict[str, Any] | None:
    if found is None:
        return None
    listed = {name: getattr(found, name) for name in FIELDS}
    return {"code": found.code} | {
        name: (list(value) if isinstance(value, tuple) else value) or None for name, value in listed.items()
    }


def parameters(**given: Any) -> dict[str, Any]:
    return {"code": "AuthorizationRequired", "authorization_parameters": given}


CONSENT = {"session_message": "Missing required data_access consent", "required_scopes": [DATA_ACCESS]}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "canonical consent": {"code": "ConsentRequired", "authorization_parameters": CONSENT},
    "canonical session": parameters(
        session_message="m",
        session_required_identities=["i"],
        session_required_policies=["p", "q"],
        session_required_single_domain=["d"],
        session_required_mfa=True,
        prompt="login",
    ),
    "another code": {
        "code": "AuthorizationParameters",
        "authorization_parameters": {"session_required_identities": ["pat@lab.example.org"]},
    },
    "a code and nothing more": parameters(),
    "nulls": parameters(session_message=None, required_scopes=None, session_required_mfa=None, prompt=None),
    "no second factor": parameters(session_required_mfa=False),
    "unknown parameters": parameters(session_required_shoe_size=43),
    "prompt none with a code": parameters(prompt="none"),
    "policies in one string": parameters(session_required_policies="5d0c,77aa"),
    "domains in one string": parameters(session_required_single_domain="uni.example.edu"),
    "no code": {"authorization_parameters": {"session_required_policies": "5d0c"}},
    "no code, login": {"authorization_parameters": {"prompt": "login"}},
    "old transfer": {"code": "ConsentRequired", "required_scopes": [DATA_ACCESS], "message": "m", "request_id": "r"},
    "old transfer without a message": {"code": "ConsentRequired", "required_scopes": [DATA_ACCESS]},
    "transfer in both forms": {
        "code": "ConsentRequired",
        "message": "m",
        "request_id": "r",
        "required_scopes": [DATA_ACCESS],
        "authorization_parameters": CONSENT,
    },
    "policy failure of transfer": {
        "code": "AuthPolicyFailed",
        "message": "Failing collection authentication policy",
        "authorization_parameters": {"session_message": "s", "session_required_policies": "5d0c,77aa"},
    },
    "login failure of a collection": {
        "code": "ExternalError.DirListingFailed.LoginFailed",
        "message": "m",
        "authorization_parameters": {"session_required_single_domain": ["uni.example.edu"]},
    },
    "old action provider": {"code": "ConsentRequired", "required_scope": DATA_ACCESS, "description": "d"},
    "no requirement": {"code": "EndpointNotFound", "message": "m"},
    "consent without scopes": {"code": "ConsentRequired", "message": "m"},
    "scopes without the code": {"code": "Other", "required_scopes": [DATA_ACCESS]},
    "parameters of another type": {"code": "ConsentRequired", "authorization_parameters": "login"},
    "empty": {},
    "another error of auth": {"error": "invalid_grant", "errors": [{"unapproved_scopes": ["s"]}]},
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document_means_what_it_means_to_the_sdk(document: dict[str, Any]) -> None:
    assert by_us(to_gare(document)) == by_the_sdk(sdk_to_gare(document))


TEXTS = st.lists(st.text(st.characters(exclude_characters=",", categories=["L", "N"]), min_size=1), max_size=3)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "session_message": st.none() | st.text(min_size=1),
        "required_scopes": st.none() | TEXTS,
        "session_required_identities": st.none() | TEXTS,
        "session_required_policies": st.none() | TEXTS,
        "session_required_single_domain": st.none() | TEXTS,
        "session_required_mfa": st.none() | st.booleans(),
        "prompt": st.sampled_from([None, "login", "none"]),
        "extra_thing": st.integers(),
    },
)


@given(code=st.text(min_size=1), given_parameters=PARAMETERS)
def test_every_canonical_document_means_what_it_means_to_the_sdk(code: str, given_parameters: dict[str, Any]) -> None:
    document = {"code": code, "authorization_parameters": given_parameters}
    assert by_us(to_gare(document)) == by_the_sdk(sdk_to_gare(document))


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"errors": [{"code": "x"}, one]}], ids=["root", "below"])
@pytest.mark.parametrize("name", ["canonical consent", "policies in one string", "old transfer", "no requirement"])
def test_an_error_is_searched_where_the_sdk_searches(name: str, wrap: Any) -> None:
    body = wrap(DOCUMENTS[name])
    error = construct_error(http_status=403, body=body)
    assert by_us(find_gare(body)) == by_the_sdk(sdk_to_gare(error))


def test_the_dict_under_error_is_searched_as_the_sdk_does_for_timers() -> None:
    import globus_sdk

    body = {"error": DOCUMENTS["canonical consent"]}
    error = construct_error(http_status=403, body=body, error_class=globus_sdk.TimersAPIError)
    assert by_us(find_gare(body)) == by_the_sdk(sdk_to_gare(error))


def test_scopes_beside_policies_in_one_string_are_kept_where_the_sdk_loses_them() -> None:
    document = parameters(session_required_policies="5d0c", required_scopes=[DATA_ACCESS])
    found, theirs = to_gare(document), sdk_to_gare(document)
    assert theirs is not None
    assert theirs.authorization_parameters.required_scopes is None
    assert found is not None
    assert found.required_scopes == (DATA_ACCESS,)


@pytest.mark.parametrize("outside", [{"required_scopes": [DATA_ACCESS]}, {"required_scope": DATA_ACCESS}])
def test_scopes_beside_the_parameters_are_kept_where_the_sdk_loses_them(outside: dict[str, Any]) -> None:
    document = {"code": "ConsentRequired", "authorization_parameters": {"session_message": "m"}} | outside
    found, theirs = to_gare(document), sdk_to_gare(document)
    assert theirs is not None
    assert theirs.authorization_parameters.required_scopes is None
    assert found is not None
    assert found.required_scopes == (DATA_ACCESS,)


def test_one_parameter_of_a_wrong_type_does_not_spoil_the_others() -> None:
    document = parameters(session_required_mfa="yes", required_scopes=[DATA_ACCESS])
    assert sdk_to_gare(document) is None
    found = to_gare(document)
    assert found is not None
    assert (found.required_scopes, found.session_required_mfa) == ((DATA_ACCESS,), None)


def test_the_words_of_auth_on_an_unapproved_scope_are_kept() -> None:
    document = {
        "error": "dependent_consent_required",
        "errors": [
            {"code": "DEPENDENT_CONSENT_REQUIRED", "unapproved_scopes": [DATA_ACCESS], "detail": "Missing consent"}
        ],
    }
    theirs, found = by_the_sdk(sdk_to_gare(document)), by_us(to_gare(document))
    assert theirs is not None
    assert found == theirs | {"session_message": "Missing consent"}


@pytest.mark.parametrize(
    "document",
    [
        {"authorization_parameters": {}},
        {"code": "ConsentRequired", "required_scopes": []},
        {"error": "dependent_consent_required", "errors": [{"unapproved_scopes": []}]},
    ],
)
def test_a_document_that_asks_for_nothing_is_no_requirement(document: dict[str, Any]) -> None:
    assert sdk_to_gare(document) is not None
    assert to_gare(document) is None


def test_a_code_less_document_with_another_prompt_is_taken_at_its_word() -> None:
    document = {"authorization_parameters": {"prompt": "consent", "session_required_mfa": True}}
    assert sdk_to_gare(document) is None
    found = to_gare(document)
    assert found is not None
    assert found.session_required_mfa is True


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda i: (
            st.lists(i)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "code",
                        "error",
                        "errors",
                        "authorization_parameters",
                        "required_scopes",
                        "detail",
                        "ConsentRequired",
                    ]
                ),
                i,
            )
        ),
        max_leaves=12,
    )
)
def test_no_document_whatever_makes_it_fail(body: Any) -> None:
    found = find_gare(body)
    assert found is None or found.code
