"""Ask an identity provider: where it is asked what, and who has signed in there."""

from datetime import UTC, datetime
from typing import Any

import httpx

from identity.errors import ProviderAnswerUnusable, ProviderAway
from identity.providers.provider import (
    Addresses,
    Flow,
    Identity,
    Provider,
    addresses_in,
    identity_in,
)

TIMEOUT = httpx.Timeout(10.0, connect=5.0)


async def addresses_of(provider: Provider) -> Addresses:
    """Where the provider is asked. Raises `ProviderAway` or `ProviderAnswerUnusable`."""
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    return addresses_in(provider, await _json("GET", address))


async def identity_behind(
    provider: Provider, addresses: Addresses, flow: Flow, code: str, redirect_uri: str
) -> Identity:
    """Who has signed in: the code redeemed, and the token that comes for it held to its signature
    and to the flow. Raises `ProviderAway` or `ProviderAnswerUnusable`."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": flow.verifier,
        "client_id": provider.client_id,
    }
    auth = None
    if addresses.takes_secret_in_body:
        form["client_secret"] = provider.client_secret
    else:
        auth = httpx.BasicAuth(provider.client_id, provider.client_secret)
    token = await _json("POST", addresses.token, data=form, auth=auth)
    if not isinstance(token.get("id_token"), str):
        raise ProviderAnswerUnusable("it gave no ID token")
    keys = await _json("GET", addresses.keys)
    return identity_in(provider, addresses, flow, token["id_token"], keys, datetime.now(UTC))


async def _json(method: str, url: str, **more: Any) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
            answer = await client.request(method, url, **more)
    except httpx.HTTPError as error:
        raise ProviderAway from error
    if answer.status_code >= 500:
        raise ProviderAway
    try:
        told = answer.json()
    except ValueError as error:
        raise ProviderAnswerUnusable("it did not answer with JSON") from error
    if not answer.is_success or not isinstance(told, dict):
        raise ProviderAnswerUnusable(f"it answered {answer.status_code}")
    return told
