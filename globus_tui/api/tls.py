"""Which certificates are trusted. One context for the whole program: making one takes tens of milliseconds."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from globus_tui.api.environment import VERIFY_VARIABLE
from globus_tui.domain.errors import SettingsError

if TYPE_CHECKING:
    from globus_tui.api.environment import Environment

_CALLED = ("auth", "transfer", "timer", "flows")


def trust(environment: Environment) -> ssl.SSLContext | bool:
    """What httpx is to verify with: the CA file of the settings, else SSL_CERT_FILE or SSL_CERT_DIR, else certifi's.

    Raises:
        SettingsError: the file holds no certificates.
    """
    if environment.verify is False or all(environment.urls[one].startswith("http:") for one in _CALLED):
        return False  # nothing to verify: every service is plain http on this machine, or it was asked for
    try:
        if isinstance(environment.verify, str):
            return ssl.create_default_context(cafile=environment.verify)
        return httpx.create_ssl_context()
    except OSError as problem:
        name = VERIFY_VARIABLE if isinstance(environment.verify, str) else "SSL_CERT_FILE or SSL_CERT_DIR"
        raise SettingsError(f"{name}: the certificates cannot be read ({problem.strerror or problem}).") from None
