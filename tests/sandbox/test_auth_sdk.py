"""The official SDK's auth clients, unmodified, against the served sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import globus_sdk
import pytest
from globus_sdk.globus_app import GlobusAppConfig
from globus_sdk.login_flows import LoginFlowManager
from globus_sdk.scopes import AuthScopes, GCSCollectionScopes, TimersScopes, TransferScopes
from globus_sdk.token_storage import MemoryTokenStorage

from globus_tui.sandbox.auth.login import LoginRefused, approve
from globus_tui.sandbox.auth.people import TUTORIAL_CLIENT
from tests.sandbox.conftest import GUEST, MAPPED, SERVICE_ID, SERVICE_SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from globus_tui.sandbox.state import Sandbox

PAT = "pat@facility.example.org"
IDENTITY = [AuthScopes.openid, AuthScopes.profile, AuthScopes.email, AuthScopes.view_identity_set]


def timer_scope(*collections: str) -> globus_sdk.Scope:
    access = [GCSCollectionScopes(one).data_access.with_optional(True) for one in collections]
    return TimersScopes.timer.with_dependency(TransferScopes.all.with_dependencies(access))


@pytest.fixture
def native(official: str) -> Iterator[globus_sdk.NativeAppAuthClient]:
    with globus_sdk.NativeAppAuthClient(TUTORIAL_CLIENT) as client:
        yield client


@pytest.fixture
def robot(official: str) -> Iterator[globus_sdk.ConfidentialAppAuthClient]:
    with globus_sdk.ConfidentialAppAuthClient(SERVICE_ID, SERVICE_SECRET) as client:
        yield client


def signed_in(
    sandbox: Sandbox,
    client: globus_sdk.NativeAppAuthClient,
    scopes: list[globus_sdk.Scope],
    *,
    refresh: bool = True,
) -> globus_sdk.OAuthTokenResponse:
    client.oauth2_start_flow(requested_scopes=scopes, refresh_tokens=refresh)
    return client.oauth2_exchange_code_for_tokens(approve(sandbox, client.oauth2_get_authorize_url(), PAT))


def auth_client(tokens: globus_sdk.OAuthTokenResponse) -> globus_sdk.AuthClient:
    token = tokens.by_resource_server["auth.globus.org"]["access_token"]
    return globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))


def test_a_person_signs_in_and_the_id_token_verifies(small: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    tokens = signed_in(small, native, [*IDENTITY, timer_scope(MAPPED)])
    assert set(tokens.by_resource_server) == {"auth.globus.org", TimersScopes.resource_server}
    assert all(one["refresh_token"] for one in tokens.by_resource_server.values())
    claims = tokens.decode_id_token()
    assert claims["preferred_username"] == PAT
    assert claims["iss"] == "https://auth.globus.org"
    assert {one["username"] for one in claims["identity_set"]} == {PAT, "pat@uni.example.edu"}


def test_without_offline_access_there_is_no_refresh_token(
    small: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    tokens = signed_in(small, native, IDENTITY, refresh=False)
    assert tokens.by_resource_server["auth.globus.org"]["refresh_token"] is None


def test_userinfo_and_identities_say_who_it_is(small: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    tokens = signed_in(small, native, IDENTITY)
    with auth_client(tokens) as auth:
        info = auth.userinfo()
        assert (info["preferred_username"], info["email"]) == (PAT, PAT)
        by_name = list(auth.get_identities(usernames=[PAT, "nobody@nowhere.example"]))
        assert [one["id"] for one in by_name] == [info["sub"]]
        by_id = auth.get_identities(ids=info["sub"], query_params={"include": "identity_provider"})
        assert by_id["included"]["identity_providers"][0]["id"] == info["identity_provider"]


def test_the_consents_are_a_tree_that_the_sdk_can_check(small: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    tokens = signed_in(small, native, [*IDENTITY, timer_scope(MAPPED)])
    with auth_client(tokens) as auth:
        forest = auth.get_consents(auth.userinfo()["sub"]).to_forest()
        assert forest.meets_scope_requirements(timer_scope(MAPPED))
        assert forest.meets_scope_requirements(timer_scope())
        assert not forest.meets_scope_requirements(TransferScopes.all)
        with pytest.raises(globus_sdk.AuthAPIError) as refused:
            auth.get_consents(auth.userinfo()["sub"], all=True)
        assert refused.value.http_status == 403


def test_a_second_login_adds_to_the_tree(small: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    signed_in(small, native, [*IDENTITY, timer_scope()])
    tokens = signed_in(small, native, [*IDENTITY, timer_scope(MAPPED)])
    with auth_client(tokens) as auth:
        forest = auth.get_consents(auth.userinfo()["sub"]).to_forest()
    assert forest.meets_scope_requirements(timer_scope(MAPPED))
    timers = [one for one in small.consents if one.scope == str(TimersScopes.timer)]
    assert len(timers) == 1


def test_data_access_to_a_guest_collection_is_an_unknown_scope(
    small: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    native.oauth2_start_flow(requested_scopes=[timer_scope(GUEST)])
    with pytest.raises(LoginRefused, match="requested unknown scopes") as refused:
        approve(small, native.oauth2_get_authorize_url(), PAT)
    assert refused.value.error == "UNKNOWN_SCOPE_ERROR"
    assert small.consents == []


def test_a_refresh_token_brings_a_new_access_token_and_stays(
    small: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    kept = signed_in(small, native, [*IDENTITY, TransferScopes.all]).by_resource_server["auth.globus.org"]
    again = native.oauth2_refresh_token(kept["refresh_token"])
    fresh = again.by_resource_server["auth.globus.org"]
    assert fresh["access_token"] != kept["access_token"]
    assert fresh["refresh_token"] == kept["refresh_token"]
    assert fresh["scope"].split() == sorted(kept["scope"].split())
    assert again.decode_id_token()["sub"]
    with auth_client(again) as auth:
        assert auth.userinfo()["preferred_username"] == PAT


def test_a_revoked_refresh_token_is_an_invalid_grant(small: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    kept = signed_in(small, native, IDENTITY).by_resource_server["auth.globus.org"]
    assert native.oauth2_revoke_token(kept["refresh_token"]).data == {"active": False}
    with pytest.raises(globus_sdk.AuthAPIError) as refused:
        native.oauth2_refresh_token(kept["refresh_token"])
    assert (refused.value.http_status, refused.value.raw_json) == (401, {"error": "invalid_grant"})


def test_a_service_account_signs_in_by_itself_and_may_do_all_it_asked_for(
    small: Sandbox, robot: globus_sdk.ConfidentialAppAuthClient
) -> None:
    tokens = robot.oauth2_client_credentials_tokens(requested_scopes=[*IDENTITY, timer_scope(MAPPED)])
    token = tokens.by_resource_server[TimersScopes.resource_server]["access_token"]
    said = robot.oauth2_token_introspect(token, include="session_info")
    assert said["active"] is True
    assert said["username"] == f"{SERVICE_ID}@clients.auth.globus.org"
    assert list(said["session_info"]["authentications"]) == [SERVICE_ID]
    with auth_client(tokens) as auth:
        forest = auth.get_consents(SERVICE_ID).to_forest()
    assert forest.meets_scope_requirements(timer_scope(MAPPED))
    robot.oauth2_revoke_token(token)
    assert robot.oauth2_token_introspect(token).data == {"active": False}


def test_a_service_account_with_a_wrong_secret_stays_outside(official: str) -> None:
    with (
        globus_sdk.ConfidentialAppAuthClient(SERVICE_ID, "guessed") as wrong,
        pytest.raises(globus_sdk.AuthAPIError) as refused,
    ):
        wrong.oauth2_client_credentials_tokens(requested_scopes=TransferScopes.all)
    assert refused.value.http_status == 401


def test_a_service_gets_tokens_for_what_stands_below_it(
    small: Sandbox,
    native: globus_sdk.NativeAppAuthClient,
    robot: globus_sdk.ConfidentialAppAuthClient,
) -> None:
    tokens = signed_in(small, native, [timer_scope(MAPPED)])
    timer = tokens.by_resource_server[TimersScopes.resource_server]["access_token"]
    below = robot.oauth2_get_dependent_tokens(timer)
    assert list(below.by_resource_server) == ["transfer.api.globus.org"]
    with pytest.raises(globus_sdk.AuthAPIError) as refused:
        robot.oauth2_get_dependent_tokens(timer, scope=str(AuthScopes.view_consents))
    assert refused.value.raw_json is not None
    assert refused.value.raw_json["error"] == "dependent_consent_required"
    assert globus_sdk.gare.is_gare(refused.value)


def test_an_app_registers_an_instance_of_itself_as_the_cli_does(
    small: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    made = native.create_native_app_instance(TUTORIAL_CLIENT, "Mine")
    credential = made["included"]["client_credential"]
    with globus_sdk.ConfidentialAppAuthClient(credential["client"], credential["secret"]) as mine:
        mine.oauth2_start_flow(f"{mine.base_url}v2/web/auth-code", IDENTITY, refresh_tokens=True)
        url = mine.oauth2_get_authorize_url(query_params={"prompt": "login"})
        tokens = mine.oauth2_exchange_code_for_tokens(approve(small, url, PAT))
        refresh = tokens.by_resource_server["auth.globus.org"]["refresh_token"]
        valid = mine.post("/v2/oauth2/token/validate", data={"token": refresh}, encoding="form")
        assert valid["active"] is True
        mine.delete(f"/v2/api/clients/{mine.client_id}")
    assert credential["client"] not in small.clients


class SandboxBrowser(LoginFlowManager):
    """A login flow in which the sandbox itself acts as the browser."""

    def __init__(self, client: globus_sdk.AuthLoginClient, sandbox: Sandbox) -> None:
        super().__init__(client, request_refresh_tokens=True)
        self.sandbox = sandbox
        self.logins = 0

    def run_login_flow(
        self, auth_parameters: globus_sdk.gare.GlobusAuthorizationParameters
    ) -> globus_sdk.OAuthTokenResponse:
        self.logins += 1
        url = self._get_authorize_url(auth_parameters, f"{self.login_client.base_url}v2/web/auth-code")
        code = approve(self.sandbox, url, PAT, mfa=True)
        return self.login_client.oauth2_exchange_code_for_tokens(code)


def test_the_sdk_app_signs_in_with_dependencies_and_knows_when_to_ask_again(
    small: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    browser = SandboxBrowser(native, small)
    config = GlobusAppConfig(
        login_flow_manager=browser, token_storage=MemoryTokenStorage(), request_refresh_tokens=True
    )
    with globus_sdk.UserApp("conformance", login_client=native, config=config) as app:
        auth = globus_sdk.AuthClient(app=app)
        app.add_scope_requirements({TimersScopes.resource_server: [timer_scope()]})
        assert app.login_required()
        app.login()
        assert not app.login_required()
        app.add_scope_requirements({TimersScopes.resource_server: [timer_scope(MAPPED)]})
        assert app.login_required()
        app.login()
        assert not app.login_required()
        assert auth.userinfo()["preferred_username"] == PAT
        app.logout()
        assert app.login_required()
        auth.close()
    assert browser.logins == 2
