"""What may be wrong with a sign-in and the way to Globus, as checks with a fix for each fault.

Checks are pure: what has to be tried (names resolved, services reached) is tried by probes that the caller hands in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from globus_tui.auth.records import ProfileKey, SignIn, lapse_warning, lapses_at
from globus_tui.domain.auth.credentials import ConsentRecord, missing
from globus_tui.domain.auth.scope import (
    AUTH_SERVER,
    BASE_SCOPES,
    FLOWS_SERVER,
    TIMERS_SERVER,
    TRANSFER_SERVER,
    collection_of,
    server_words,
    timer_scope,
)
from globus_tui.domain.errors import GlobusTuiError, NetworkError, SignedOut
from globus_tui.domain.quick_dataclass import dataclass

if TYPE_CHECKING:
    from globus_tui.auth.service_account import ServiceAccount
    from globus_tui.auth.token_store import FallingBack

PATIENCE = 10.0
"""Seconds that one probe may take."""
SKEW = timedelta(minutes=2)
"""Auth's id tokens are checked with five minutes of leeway (documented for the SDK); two show a drifting clock."""

Resolve = Callable[[str], Awaitable[object]]
"""Resolves a host name, unless a proxy does; raises OSError when it cannot."""
Reach = Callable[[str], Awaitable[timedelta | None]]
"""Asks a service for anything; gives the service's clock minus this machine's, None if it did not say; raises
GlobusTuiError or OSError when it cannot be reached. An answer with an error status counts as reached."""


class Finding(Enum):
    """What a check found."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    """One check's outcome: `topic` in a word or two, `found` a sentence, `fix` what to do about it."""

    topic: str
    finding: Finding
    result: str
    fix: str = ""

    def lines(self) -> tuple[str, ...]:
        first = f"{self.finding.value:<8}{self.topic}: {self.result}"
        return (first, f"        fix: {self.fix}") if self.fix else (first,)


def check_sign_in(sign_in: SignIn | None, now: datetime) -> tuple[Check, ...]:
    """Tokens: whether there are any, their scopes, whether they can be renewed, and their age."""
    if sign_in is None:
        return (Check("sign-in", Finding.FAULT, "nobody is signed in.", "Run: globus-tui login"),)
    checks = [Check("sign-in", Finding.OK, f"signed in as {sign_in.identity.username}.")]
    scopes = {name for saved in sign_in.grants.values() for name in saved.grant.scopes}
    if lacking := [scope.name for scope in BASE_SCOPES if scope.name not in scopes]:
        words = f"the sign-in lacks {', '.join(lacking)}."
        checks.append(Check("scopes", Finding.FAULT, words, "Run: globus-tui login"))
    else:
        checks.append(Check("scopes", Finding.OK, f"all {len(BASE_SCOPES)} that are needed were given."))
    for server, saved in sign_in.grants.items():
        if saved.refused:
            words = f"Globus no longer accepts the sign-in for {server_words(server)}."
            checks.append(Check("tokens", Finding.FAULT, words, "Run: globus-tui login"))
        elif saved.grant.refresh_token is None:
            word = Finding.WARNING if saved.grant.expires_at > now else Finding.FAULT
            end = f"{saved.grant.expires_at:%Y-%m-%d %H:%M} UTC"
            words = f"{server_words(server)} has no refresh token; access ends {end}."
            checks.append(Check("tokens", word, words, "Run: globus-tui login"))
        elif saved.signed_in_at - now > SKEW:
            words = f"the sign-in for {server_words(server)} lies in the future: this machine's clock was set back."
            checks.append(Check("tokens", Finding.WARNING, words, "Set the clock (chrony, ntpd), then sign in again."))
    if warning := lapse_warning(sign_in, now):
        word = Finding.FAULT if "has lapsed" in warning else Finding.WARNING
        checks.append(Check("token age", word, warning, "Run: globus-tui login"))
    elif found_end := lapses_at(sign_in):
        signed_in_at = min(saved.signed_in_at for saved in sign_in.grants.values())
        days = max(0, (now - signed_in_at).days)
        words = f"signed in {_count(days, 'day')} ago; lapses {found_end[1]:%Y-%m-%d} if unused."
        checks.append(Check("token age", Finding.OK, words))
    return tuple(checks)


async def check_service_account(
    account: ServiceAccount, token: Callable[[ServiceAccount, str], Awaitable[object]]
) -> tuple[Check, ...]:
    """Whether a service account gets its tokens: Timers and Transfer are needed, the others give names."""
    checks = [Check("sign-in", Finding.OK, f"service account {account.client_id}, from {account.origin}.")]
    for server, needed in ((TIMERS_SERVER, True), (TRANSFER_SERVER, True), (FLOWS_SERVER, False), (AUTH_SERVER, False)):
        try:
            await token(account, server)
        except SignedOut as fault:
            return (Check("sign-in", Finding.FAULT, str(fault), fault.advice),)
        except GlobusTuiError as fault:
            finding = Finding.FAULT if needed else Finding.WARNING
            checks.append(Check("sign-in" if needed else "tokens", finding, str(fault), fault.advice))
        else:
            checks.append(Check("tokens", Finding.OK, f"{server_words(server)} gives one."))
    return tuple(checks)


def check_consents(consents: Iterable[ConsentRecord]) -> tuple[Check, ...]:
    """Whether the person lets Timers use Transfer, and for which collections."""
    known = tuple(consents)
    if missing(known, [timer_scope()]):
        return (Check("consents", Finding.FAULT, "Timers may not use Transfer for you.", "Run: globus-tui login"),)
    collections = {collection for consent in known if (collection := collection_of(consent.scope))}
    return (Check("consents", Finding.OK, f"Timers may use Transfer; {len(collections)} collections have consents."),)


def check_storage(path: Path, where: str, fault: str | None = None) -> tuple[Check, ...]:
    """The token file and its folder: permissions, owner, leftovers.

    Args:
        path: of the token file, whether it exists or not.
        where: what the store says of itself.
        fault: why tokens are not kept where they should be.
    """
    checks = [
        Check("storage", Finding.WARNING, fault, "Free or unlock it, then restart; until then sign-ins are not kept.")
        if fault
        else Check("storage", Finding.OK, f"tokens are kept in {where}.")
    ]
    checks += _mode_faults(path.parent, 0o700) + _mode_faults(path, 0o600)
    try:
        leftovers = sorted(file.name for file in path.parent.glob(f"{path.name}.corrupt-*"))
    except OSError:
        leftovers = []
    if leftovers:
        words = f"{len(leftovers)} damaged token files were set aside, the latest {leftovers[-1]}."
        checks.append(Check("storage", Finding.WARNING, words, f"Look at them, then delete them from {path.parent}."))
    return tuple(checks)


def _mode_faults(path: Path, mode: int) -> list[Check]:
    import os
    import shlex

    try:
        stat = path.stat()
    except OSError:
        return []
    checks = []
    if stat.st_uid != os.geteuid():
        fix = f"Ask an administrator for: chown {os.geteuid()} {shlex.quote(str(path))}"
        checks.append(Check("storage", Finding.FAULT, f"{path} belongs to another user.", fix))
    if stat.st_mode & 0o077:
        fix = f"Run: chmod {mode:o} {shlex.quote(str(path))}"
        checks.append(Check("storage", Finding.FAULT, f"{path} is open to other users.", fix))
    return checks


def check_lock(folder: Path) -> Check:
    """Whether programs on several machines can keep out of each other's way in the data folder."""
    from globus_tui.auth.file_lock import FileLock

    lock = FileLock(folder / "doctor.lock")
    try:
        had = lock.try_acquire()
    except OSError as fault:
        words = f"no lock can be made in {folder}: {fault.strerror}."
        return Check("lock", Finding.WARNING, words, "Make the folder writable; tokens stay in memory until then.")
    kind = lock.kind
    lock.release()
    if kind == "file":
        words = "the file system has no locks; lock files are used instead."
        return Check("lock", Finding.WARNING, words, "Ask for the NFS lock service (lockd), or set token_store.")
    return Check("lock", Finding.OK, "file locks work." if had else "file locks work; another program holds this one.")


def check_clock(skew: timedelta | None) -> Check:
    """This machine's clock against the services'."""
    if skew is None:
        fix = "Where the services below answer, something on the way drops their Date: compare `date -u` elsewhere."
        return Check("clock", Finding.WARNING, "whether it is right is unknown: no service told the time.", fix)
    seconds = round(abs(skew).total_seconds())
    if abs(skew) <= SKEW:
        return Check("clock", Finding.OK, f"within {seconds} s of Globus.")
    way = "behind" if skew > timedelta(0) else "ahead of"
    words = f"this machine is {seconds} s {way} Globus: tokens look valid or expired when they are not."
    return Check("clock", Finding.FAULT, words, "Set the clock (chrony, ntpd or timedatectl set-ntp true).")


def check_proxy(environ: Mapping[str, str]) -> tuple[Check, ...]:
    """Proxy and certificate variables, which httpx obeys. Passwords in a proxy's address are not shown."""
    checks = []
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
        if value := environ.get(name, "").strip():
            checks.append(_proxy(name, value))
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        value = environ.get(name, "")
        if value and not Path(value).exists():
            words = f"{name} names {value}, which does not exist: no certificate can be checked."
            checks.append(Check("certificates", Finding.FAULT, words, f"Correct or unset {name}."))
    checks += _foreign_certificates(environ)
    return tuple(checks) or (Check("proxy", Finding.OK, "none is set."),)


def _foreign_certificates(environ: Mapping[str, str]) -> list[Check]:
    """Certificates that other programs are told to trust: neither this one nor the Globus SDK and CLI read these."""
    if any(environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "GLOBUS_SDK_VERIFY_SSL")):
        return []
    names = [name for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if environ.get(name)]
    words = "is for other programs: this one and the Globus CLI read GLOBUS_SDK_VERIFY_SSL."
    return [Check("certificates", Finding.OK, f"{name} {words}") for name in names[:1]]


def _proxy(name: str, value: str) -> Check:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if not host or parts.scheme not in ("http", "https", "socks5", "socks5h"):
        return Check("proxy", Finding.FAULT, f"{name} is not the address of a proxy.", f"Write {name}=http://host:port")
    if parts.scheme.startswith("socks"):
        words = f"{name} names a SOCKS proxy, which this program cannot use."
        return Check("proxy", Finding.FAULT, words, f"Use an HTTP proxy, or unset {name}.")
    return Check("proxy", Finding.OK, f"{name} goes through {host}{f':{port}' if port else ''}.")


async def check_services(urls: Mapping[str, str], resolve: Resolve, reach: Reach) -> tuple[Check, ...]:
    """DNS and reachability of each service, and the clock by their answers.

    Args:
        urls: root URL by name, e.g. of `auth`, `transfer`, `timer`, `flows`.
    """
    results = await asyncio.gather(*(_service(name, url, resolve, reach) for name, url in urls.items()))
    skews = [skew for _, skew in results if skew is not None]
    worst = max(skews, key=abs) if skews else None
    return (check_clock(worst), *(check for check, _ in results))


async def _service(name: str, url: str, resolve: Resolve, reach: Reach) -> tuple[Check, timedelta | None]:
    host = urlsplit(url).hostname or url
    try:
        await asyncio.wait_for(resolve(host), PATIENCE)
    except (OSError, TimeoutError):
        unresolved = True
    else:
        unresolved = False
    try:
        skew = await asyncio.wait_for(reach(url), PATIENCE)
    except (OSError, TimeoutError, GlobusTuiError) as fault:
        own = fault.advice if isinstance(fault, GlobusTuiError) and fault.advice != NetworkError.advice else ""
        words = f"{host} cannot be reached: {(str(fault) or 'no answer in time').rstrip('.')}."
        if unresolved and not own:
            words = f"the name {host} cannot be resolved."
            own = "Check /etc/resolv.conf and the network, or set HTTPS_PROXY."
        fix = own or "Check the network, the firewall and HTTPS_PROXY; status.globus.org tells about outages."
        return Check(name, Finding.FAULT, words, fix), None
    return Check(name, Finding.OK, f"{host} answers."), skew


def lines(checks: Iterable[Check]) -> tuple[str, ...]:
    made = tuple(checks)
    faults = sum(check.finding is Finding.FAULT for check in made)
    warnings = sum(check.finding is Finding.WARNING for check in made)
    summary = f"{_count(faults, 'fault')}, {_count(warnings, 'warning')}, {len(made)} checks."
    summary = summary if faults + warnings else "All is well."
    return (*(line for check in made for line in check.lines()), summary)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(frozen=True, slots=True)
class Probes:
    """What has to be tried outside this program.

    Attributes:
        reach: asks a service for anything; see `doctor.Reach`.
        consents: reads the consents of an identity with its stored tokens.
        token: asks for a service account's token for a resource server.
    """

    resolve: Resolve
    reach: Reach
    consents: Callable[[str], Awaitable[tuple[ConsentRecord, ...]]]
    token: Callable[[ServiceAccount, str], Awaitable[object]]


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
    sign_in, checks = await _signed_in(subject, probes, now)
    fault = str(subject.store.fault) if subject.store.fault else None
    return (
        *checks,
        *(await _consents(sign_in, probes) if sign_in else ()),
        *check_storage(subject.token_file, subject.store.where(), fault),
        check_lock(subject.token_file.parent),
        *(Check("note", Finding.WARNING, notice) for notice in subject.store.take_notices()),
        *check_proxy(subject.environ),
        *(await services),
    )


async def _signed_in(subject: Subject, probes: Probes, now: datetime) -> tuple[SignIn | None, tuple[Check, ...]]:
    if subject.account is not None:
        return None, await check_service_account(subject.account, probes.token)
    try:
        sign_in = subject.store.load(subject.key)
    except GlobusTuiError as fault:
        return None, (Check("sign-in", Finding.FAULT, str(fault), fault.advice),)
    return sign_in, check_sign_in(sign_in, now)


async def _consents(sign_in: SignIn, probes: Probes) -> tuple[Check, ...]:
    try:
        return check_consents(await probes.consents(sign_in.identity.identity_id))
    except SignedOut as fault:
        return (Check("sign-in", Finding.FAULT, f"the tokens are refused. {fault}", fault.advice),)
    except GlobusTuiError as fault:
        return (Check("consents", Finding.FAULT, f"they cannot be read. {fault}", fault.advice),)
