"""All of doctor's checks in one round: each fault becomes a finding, none ends the round."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from globus_tui.auth.doctor import (
    Check,
    Finding,
    check_consents,
    check_lock,
    check_proxy,
    check_services,
    check_sign_in,
    check_storage,
)
from globus_tui.domain.errors import GlobusTuiError
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from globus_tui.auth.doctor import Reach, Resolve
    from globus_tui.auth.falling_back import FallingBack
    from globus_tui.auth.records import ProfileKey, SignIn
    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.domain.credentials import ConsentRecord


@dataclass(frozen=True, slots=True)
class Probes:
    """What is tried outside this program.

    Attributes:
        resolve: resolves a host name.
        reach: asks a service for anything; see `doctor.Reach`.
        consents: reads the consents of an identity with its stored tokens.
    """

    resolve: Resolve
    reach: Reach
    consents: Callable[[str], Awaitable[tuple[ConsentRecord, ...]]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is examined.

    Attributes:
        token_file: where the token file is or would be.
        urls: root URL of each service by name.
        account: the service account in use instead of a person, if one is.
    """

    store: FallingBack
    key: ProfileKey
    token_file: Path
    environ: Mapping[str, str]
    urls: Mapping[str, str]
    account: ServiceAccount | None = None


async def examine(subject: Subject, probes: Probes, now: datetime) -> tuple[Check, ...]:
    """Runs every check; the services are asked all at once."""
    services = asyncio.ensure_future(check_services(subject.urls, probes.resolve, probes.reach))
    signed = _signed_in(subject, now)
    fault = str(subject.store.fault) if subject.store.fault else None
    return (
        *signed[1],
        *(await _consents(signed[0], subject.account, probes)),
        *check_storage(subject.token_file, subject.store.where(), fault),
        check_lock(subject.token_file.parent),
        *(Check("note", Finding.WARNING, notice) for notice in subject.store.take_notices()),
        *check_proxy(subject.environ),
        *(await services),
    )


def _signed_in(subject: Subject, now: datetime) -> tuple[SignIn | None, tuple[Check, ...]]:
    if subject.account is not None:
        found = f"service account {subject.account.client_id}, from {subject.account.origin}."
        return None, (Check("sign-in", Finding.OK, found),)
    try:
        sign_in = subject.store.load(subject.key)
    except GlobusTuiError as fault:
        return None, (Check("sign-in", Finding.FAULT, str(fault), fault.advice),)
    return sign_in, check_sign_in(sign_in, now)


async def _consents(sign_in: SignIn | None, account: ServiceAccount | None, probes: Probes) -> tuple[Check, ...]:
    identity_id = account.client_id if account else sign_in.identity.identity_id if sign_in else None
    if identity_id is None:
        return ()
    try:
        return check_consents(await probes.consents(identity_id))
    except GlobusTuiError as fault:
        return (Check("consents", Finding.FAULT, f"they cannot be read. {fault}", fault.advice),)
