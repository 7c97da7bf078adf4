"""The page where a person signs in and grants scopes, as a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.api.environment import Environment
    from globus_tui.domain.gare import Gare


def code_page(environment: Environment) -> str:
    """The redirect URI of native applications: a page of Globus that shows the code to copy."""
    return environment.url("auth", "/v2/web/auth-code")


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """What is asked of the person.

    Attributes:
        scopes: rendered, dependencies included.
        state: comes back unchanged with the code; the official SDK sends `_default` and does not check it.
        challenge: base64url of the verifier's SHA-256, without padding; None for clients with a secret.
        redirect_uri: registered on the client; None is the page that shows the code.
        offline: ask for refresh tokens.
        label: proposed on the consent page as the name of the grant.
        prompt: `login` forces a new authentication.
        session: what the Globus session must have; its identities have to be ids here, not user names. Its
            `required_scopes` and `prompt` are not used: they belong into the fields above.
    """

    client_id: str
    scopes: str
    state: str
    challenge: str | None = None
    redirect_uri: str | None = None
    offline: bool = True
    label: str | None = None
    prompt: str | None = None
    session: Gare | None = None

    def url(self, environment: Environment) -> str:
        """The URL to open in a browser, anywhere."""
        asked: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri or code_page(environment),
            "scope": self.scopes,
            "state": self.state,
            "response_type": "code",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256" if self.challenge else None,
            "access_type": "offline" if self.offline else "online",
            "prefill_named_grant": self.label,
            "prompt": self.prompt,
        }
        asked |= _session(self.session) if self.session else {}
        query = urlencode({key: value for key, value in asked.items() if value})
        return f"{environment.url('auth', '/v2/oauth2/authorize')}?{query}"


def _session(gare: Gare) -> dict[str, str | None]:
    mfa = gare.session_required_mfa
    return {
        "session_required_identities": ",".join(gare.session_required_identities),
        "session_required_single_domain": ",".join(gare.session_required_single_domain),
        "session_required_policies": ",".join(gare.session_required_policies),
        "session_required_mfa": None if mfa is None else str(mfa).lower(),
        "session_message": gare.session_message,
    }
