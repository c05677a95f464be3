"""Proofs that whoever sends a token holds the key that it is bound to (RFC 9449, DPoP).

A phone signs each request with a key that it cannot give away. The token tells the key by the
thumbprint of its public half (RFC 7638), so a token alone opens nothing.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from identity.errors import ProofOutOfTime, ProofRefused

TYPE = "dpop+jwt"
ALGORITHM = "ES256"
LONGEST = 2_000
PROOF_LIFE_S = 120
"""How far a proof's instant may be from the server's, before or after: a slow network's delay, and
what clocks are off."""
REMEMBERED_S = 2 * PROOF_LIFE_S
"""For how long a proof's id must be kept in mind: one from the future holds for that long."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a proof must have been made for."""

    method: str
    path: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof shows: the thumbprint (32 bytes) of the key, and which proof of that key it is
    (`jti`)."""

    key: bytes
    id: str


def proven(proof: str, asked: Asked, token: str | None = None) -> Proof:
    """What a proof shows that was made for this request, and where there is one, for this token.

    Of the address only the path is held to what was asked: behind a proxy the server does not know
    by which name it was called. Raises `ProofRefused`, or `ProofOutOfTime`.
    """
    key, claims = _signed(proof)
    if claims.get("htm") != asked.method or _path(claims.get("htu")) != asked.path:
        raise ProofRefused("a proof of its own for each request, by method and address")
    if token is not None and claims.get("ath") != _base64(hashlib.sha256(token.encode()).digest()):
        raise ProofRefused("a proof that names the token by its hash, as `ath`")
    made_at = claims.get("iat")
    if isinstance(made_at, bool) or not isinstance(made_at, int | float):
        raise ProofRefused("a proof with the instant that it was made at, as `iat`")
    if not abs(made_at - asked.at.timestamp()) <= PROOF_LIFE_S:
        raise ProofOutOfTime(asked.at)
    its_id = claims.get("jti")
    if not isinstance(its_id, str) or not its_id:
        raise ProofRefused("a proof with an id of its own, as `jti`")
    return Proof(urlsafe_b64decode(key.thumbprint() + "="), its_id)


def _signed(proof: str) -> tuple[ECKey, dict[str, object]]:
    """The key in a proof's head, and what is claimed, once the signature fits."""
    if len(proof) > LONGEST:
        raise ProofRefused(f"a proof of at most {LONGEST:,} characters")
    try:
        head = jws.extract_compact(proof.encode()).headers()
        if head.get("typ") != TYPE or head.get("alg") != ALGORITHM:
            raise ProofRefused(f"a proof of type {TYPE}, signed with {ALGORITHM}")
        key = ECKey.import_key(head["jwk"])
        if key.is_private or key.curve_name != "P-256":
            raise ProofRefused("the public half of a P-256 key, as `jwk`")
        return key, jwt.decode(proof, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProofRefused("a JSON Web Signature whose head holds the public key") from error


def _path(address: object) -> str | None:
    try:
        return unquote(urlsplit(address).path) if isinstance(address, str) else None
    except ValueError:
        return None


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
