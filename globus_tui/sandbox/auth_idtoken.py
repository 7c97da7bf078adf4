"""Id tokens: real RS512 signatures, made with a key that is public on purpose.

The key below belongs to nobody and protects nothing: it is published with the program so that the pretend Globus
can sign what official clients verify. Signing is plain PKCS#1 v1.5 in big integers, because the program has no
other use for a cryptography package.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from globus_tui.sandbox.state import Document

KEY_ID = "sandbox-pretend-key"
PUBLIC_EXPONENT = 65537

_P = int(
    "e1d416277e499302c6c26a1de8530c9139f0074bfe5fd1b0bdc8d8d94e59540dcb1b8bc6e525d94ff0e1f90899d23ecb"
    "7405b462d297760aa5f646bda135833e80358a2665c9a032f81e21a1f90c243334ef59193701d1422736fb011d767cda"
    "0101aacceeea4b84be66d7072e64adeeadb87a748367c66894b45cb2293f1c59",
    16,
)
_Q = int(
    "cb2b65106e45d673718cf9eb8b1e4f289428e3cfe389ff8a9eb14a8a17b65624044e7b371fd5fc93390c37f503f895b1"
    "342e44ea3cd5204f2df6835a1b600345e8a4af62aeebeeb7a787897ccab5a937a73137905feb0ae920f57bd5d231a387"
    "7a46061a94fb2df78b73eb7457a7a50039aaf2eabac98fd29b9de779521b4921",
    16,
)
_D = int(
    "bbe13a1033dc1bd3116014e7ca4998746c319c95f20c3be7ca7353c601039441f80baf092ddcf3619612d4191aa00a4a"
    "7a0e981a63bb905d4c5703b99fd0c387c1ba150e7c01bb6787896c89324c1a9f7505a297615d39de6d1d398c46c78f3a"
    "9ae5b1981be0d4bc280bd408adf6c98aa4e79b165f6c397c0b4638222c9fba9e139bf7c033ff89a1001df6dcbebd9136"
    "6a278de87118721785806dd42fed50bc596b52557d36b90451a3828a086a6b5c08196829b16546bdbb05097576d9b6b3"
    "3623b2d59ca3dce7273848c9c5a1d7317754ff1cd5021d7f245fda5910921170357500f4c3630b3e6cb777afbc917923"
    "a131ef603de09622ef0145cac04fda1",
    16,
)
MODULUS = _P * _Q

_SHA512_PREFIX = bytes.fromhex("3051300d060960864801650304020305000440")
"""The ASN.1 head of a SHA-512 digest (RFC 8017, 9.2)."""


def public_keys() -> Document:
    """The key set that `jwks_uri` answers with."""
    return {
        "keys": [
            {
                "kty": "RSA",
                "alg": "RS512",
                "use": "sig",
                "kid": KEY_ID,
                "n": _b64_number(MODULUS),
                "e": _b64_number(PUBLIC_EXPONENT),
            }
        ]
    }


def signed(claims: Document) -> str:
    """The claims as a signed JWT (RS512)."""
    head = {"alg": "RS512", "typ": "JWT", "kid": KEY_ID}
    payload = f"{_b64_json(head)}.{_b64_json(claims)}"
    return f"{payload}.{_b64(_sign(payload.encode()))}"


def access_token_hash(access_token: str) -> str:
    """The `at_hash` claim: the left half of the token's SHA-512, base64url (OpenID Connect Core, 3.1.3.6)."""
    return _b64(hashlib.sha512(access_token.encode()).digest()[:32])


def _sign(message: bytes) -> bytes:
    size = (MODULUS.bit_length() + 7) // 8
    digest = _SHA512_PREFIX + hashlib.sha512(message).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    number = int.from_bytes(padded)
    # Two half-size powers instead of one (Chinese remainders): about three times faster.
    of_p, of_q = pow(number, _D % (_P - 1), _P), pow(number, _D % (_Q - 1), _Q)
    signature = of_q + _Q * ((of_p - of_q) * pow(_Q, -1, _P) % _P)
    return signature.to_bytes(size)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _b64_json(document: Document) -> str:
    return _b64(json.dumps(document, separators=(",", ":")).encode())


def _b64_number(number: int) -> str:
    return _b64(number.to_bytes((number.bit_length() + 7) // 8))
