"""What an identity provider's answer must hold."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from identity.errors import ProviderAnswerUnusable
from identity.providers.provider import (
    Identity,
    Provider,
    addresses_in,
    authorization_url,
    flow_of,
    identity_in,
    sign_out_url,
)

ISSUER = "https://id.example.com"
PROVIDER = Provider(ISSUER, "roundsman", "s3cret", "Example")
DOCUMENT = {
    "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token", "jwks_uri": f"{ISSUER}/keys",
    "end_session_endpoint": f"{ISSUER}/out?x=1",
}  # fmt: skip
ADDRESSES = addresses_in(PROVIDER, DOCUMENT)
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "k1"}) for _ in range(2))
KEYS = {"keys": [KEY.as_dict(private=False)]}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FLOW = flow_of("rf_secret")
CLAIMS = {
    "iss": ISSUER, "aud": "roundsman", "sub": "u-1", "iat": int(NOW.timestamp()) - 5,
    "exp": int(NOW.timestamp()) + 300, "nonce": FLOW.nonce, "email": "Sofia@Example.com",
    "email_verified": True,
}  # fmt: skip


def token(key: Any = KEY, algorithm: str = "RS256", **other: Any) -> str:
    claims = {k: v for k, v in (CLAIMS | other).items() if v is not None}
    return jwt.encode({"alg": algorithm, "kid": "k1"}, claims, key)


def read(id_token: str) -> Identity:
    return identity_in(PROVIDER, ADDRESSES, FLOW, id_token, KEYS, NOW)


def test_a_token_that_holds_tells_who_it_is() -> None:
    assert read(token()) == Identity(ISSUER, "u-1", "sofia@example.com")
    assert read(token(aud=["roundsman"])) == Identity(ISSUER, "u-1", "sofia@example.com")
    assert read(token(aud=["roundsman", "mail"], azp="roundsman")).subject == "u-1"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_counts_only_when_the_provider_has_verified_it(verified: object) -> None:
    assert read(token(email_verified=verified)) == Identity(ISSUER, "u-1", None)


@pytest.mark.parametrize(
    "other",
    [
        {"iss": "https://evil.example.com"}, {"aud": "mail"}, {"aud": ["mail", "wiki"]},
        {"aud": ["roundsman", "mail"]}, {"azp": "mail"}, {"nonce": "another"}, {"nonce": None},
        {"exp": int(NOW.timestamp()) - 61}, {"exp": None}, {"iat": None}, {"sub": None},
        {"iat": int(NOW.timestamp()) + 3600},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_for_another_or_out_of_time_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(ProviderAnswerUnusable):
        read(token(**other))


def test_a_token_that_the_provider_has_not_signed_is_refused() -> None:
    unsigned = ".".join(["eyJhbGciOiJub25lIn0", token().split(".")[1], ""])
    with_our_secret = token(OctKey.import_key("s3cret" * 8), "HS256")
    with_its_public_key = token(OctKey.import_key(json.dumps(KEYS["keys"][0])), "HS256")
    for forged in (token(OTHER_KEY), unsigned, with_our_secret, with_its_public_key, "x", ""):
        with pytest.raises(ProviderAnswerUnusable):
            read(forged)


def test_the_verifier_is_shown_by_its_hash_alone() -> None:
    url = authorization_url(PROVIDER, ADDRESSES, FLOW, "https://here/back")
    query = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
    assert query["code_challenge"] == create_s256_code_challenge(FLOW.verifier)
    assert (query["code_challenge_method"], query["response_type"]) == ("S256", "code")
    assert (query["state"], query["nonce"]) == (FLOW.state, FLOW.nonce)
    assert FLOW.verifier not in url
    assert len(FLOW.verifier) == 43  # as short as RFC 7636 allows, and 256 bits


def test_each_browser_has_a_flow_of_its_own_and_no_part_tells_another() -> None:
    assert flow_of("rf_secret") == FLOW
    one, two = flow_of("rf_one"), flow_of("rf_two")
    parts = {one.state, one.nonce, one.verifier, two.state, two.nonce, two.verifier}
    assert len(parts) == 6


def test_a_discovery_document_of_another_issuer_is_refused() -> None:
    with pytest.raises(ProviderAnswerUnusable, match="another issuer"):
        addresses_in(PROVIDER, DOCUMENT | {"issuer": "https://evil.example.com"})
    with pytest.raises(ProviderAnswerUnusable, match="token_endpoint"):
        addresses_in(PROVIDER, {k: v for k, v in DOCUMENT.items() if k != "token_endpoint"})


def test_signing_out_goes_to_the_provider_where_it_can() -> None:
    out = sign_out_url(PROVIDER, ADDRESSES, "https://here/sign-in")
    assert out == (
        f"{ISSUER}/out?x=1&client_id=roundsman&post_logout_redirect_uri=https%3A%2F%2Fhere%2Fsign-in"
    )
    without = addresses_in(PROVIDER, DOCUMENT | {"end_session_endpoint": None})
    assert sign_out_url(PROVIDER, without, "https://here/sign-in") is None
