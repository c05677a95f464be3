"""What is asked of an identity provider, and what its answer must hold (OpenID Connect Core 1.0).

The one home of Authlib. All that a sign-in must remember is drawn from one secret, which the
browser keeps in a cookie: an answer that was begun in another browser fits nothing.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identity.errors import ProviderAnswerUnusable

SCOPES = "openid email"
ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
]  # fmt: skip
"""Signatures with a key of the provider's alone: never ``none``, nor the client's own secret."""
LEEWAY_S = 60
"""So far may the provider's clock and ours differ."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and what we are to it. `name` is what people read on the button."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a provider is asked, as its discovery document says."""

    issuer: str
    authorization: str
    token: str
    keys: str
    end_session: str | None
    takes_secret_in_body: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """What ties one sign-in together: `state` through the browser, `nonce` through the provider's
    token, and `verifier`, whose hash alone is shown before the code is redeemed (RFC 7636)."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a provider says it is; `email` only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


def flow_of(secret: str) -> Flow:
    """The flow that a browser's secret stands for."""
    return Flow(*(_derived(part, secret) for part in ("state", "nonce", "verifier")))


def _derived(part: str, secret: str) -> str:
    drawn = hashlib.sha256(f"{part}:{secret}".encode()).digest()
    return base64.urlsafe_b64encode(drawn).rstrip(b"=").decode()


def addresses_in(provider: Provider, document: Mapping[str, Any]) -> Addresses:
    """What a discovery document says. Raises `ProviderAnswerUnusable` for another issuer's."""
    try:
        issuer = document["issuer"]
        found = Addresses(
            issuer,
            document["authorization_endpoint"],
            document["token_endpoint"],
            document["jwks_uri"],
            document.get("end_session_endpoint"),
            "client_secret_basic"
            not in document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]),
        )
    except KeyError as error:
        raise ProviderAnswerUnusable(f"its discovery document has no {error}") from error
    if issuer.rstrip("/") != provider.issuer.rstrip("/"):
        raise ProviderAnswerUnusable("its discovery document is another issuer's")
    return found


def authorization_url(
    provider: Provider, addresses: Addresses, flow: Flow, redirect_uri: str
) -> str:
    """Where a browser goes to sign in."""
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": create_s256_code_challenge(flow.verifier),
        "code_challenge_method": "S256",
    }
    return _with_query(addresses.authorization, query)


def sign_out_url(provider: Provider, addresses: Addresses, back: str) -> str | None:
    """Where a browser goes to be signed out at the provider, too; None where it has no such."""
    if addresses.end_session is None:
        return None
    query = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    return _with_query(addresses.end_session, query)


def identity_in(
    provider: Provider,
    addresses: Addresses,
    flow: Flow,
    id_token: str,
    keys: Mapping[str, Any],
    now: datetime,
) -> Identity:
    """Who an ID token is about; `now` is the real time, by which providers date their tokens.

    Raises `ProviderAnswerUnusable` unless the provider has signed it, for us, for this flow, and it
    has not expired (OpenID Connect Core 1.0, section 3.1.3.7).
    """
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": addresses.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": flow.nonce},
    )
    try:
        claims = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderAnswerUnusable(f"its token does not hold: {error}") from error
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
        raise ProviderAnswerUnusable("its token is for several, and does not say for which")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise ProviderAnswerUnusable("its token is another client's")
    verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
    email = claims["email"].strip().lower() if verified else None
    return Identity(addresses.issuer, str(claims["sub"]), email)


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
