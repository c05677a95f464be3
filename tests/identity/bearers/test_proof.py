"""Proofs of a key: what holds, and each way in which one does not."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from identity.bearers.proof import LONGEST, PROOF_LIFE_S, Asked, proven
from identity.errors import ProofOutOfTime, ProofRefused
from tests.conftest import MONDAY_NINE

KEY = ECKey.generate_key("P-256")
ASKED = Asked("POST", "/v1/agent/sync", MONDAY_NINE)
TOKEN = "rt_token"
ATH = urlsafe_b64encode(hashlib.sha256(TOKEN.encode()).digest()).rstrip(b"=").decode()


def a_proof(key: Any = KEY, head: dict[str, Any] | None = None, **claims: Any) -> str:
    whole = {
        "htm": "POST", "htu": "https://field.example/v1/agent/sync?a=b",
        "iat": MONDAY_NINE.timestamp(), "jti": "one", "ath": ATH,
    } | claims  # fmt: skip
    jwk = key.as_dict(private=False) if isinstance(key, ECKey) else {}
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk} | (head or {})
    return jwt.encode(header, {k: v for k, v in whole.items() if v is not None}, key)


def test_a_proof_tells_its_key_whatever_the_host_is_called() -> None:
    expected = KEY.thumbprint()
    told = proven(a_proof(), ASKED, TOKEN)
    assert told.id == "one"
    assert urlsafe_b64encode(told.key).rstrip(b"=").decode() == expected
    assert proven(a_proof(htu="/v1/agent/sync", ath=None), ASKED) == told
    assert proven(a_proof(ECKey.generate_key("P-256")), ASKED, TOKEN).key != told.key


@pytest.mark.parametrize(
    "proof",
    [
        lambda: a_proof(htm="GET"),
        lambda: a_proof(htu="https://field.example/v1/agent/day"),
        lambda: a_proof(htu="https://[/"),
        lambda: a_proof(htu=None),
        lambda: a_proof(htu=7),
        lambda: a_proof(ath=None),
        lambda: a_proof(ath=ATH[::-1]),
        lambda: a_proof(iat=None),
        lambda: a_proof(iat=True),
        lambda: a_proof(iat="now"),
        lambda: a_proof(jti=None),
        lambda: a_proof(jti=""),
        lambda: a_proof(jti=7),
        lambda: a_proof(head={"typ": "JWT"}),
        lambda: a_proof(head={"jwk": ECKey.generate_key("P-256").as_dict(private=False)}),
        lambda: a_proof(head={"jwk": KEY.as_dict(private=True)}),
        lambda: a_proof(head={"jwk": {"kty": "oct", "k": "AAAA"}}),
        lambda: a_proof(head={"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}),
        lambda: a_proof()[:-4],
        lambda: a_proof() + "a" * LONGEST,
        lambda: a_proof(OctKey.generate_key(256), {"alg": "HS256"}),
        lambda: "",
        lambda: "a.b.c",
        lambda: "\xff..",
    ],
)
def test_what_does_not_fit_is_refused(proof: Callable[[], str]) -> None:
    with pytest.raises(ProofRefused):
        proven(proof(), ASKED, TOKEN)


@pytest.mark.parametrize(
    ("off_s", "holds"),
    [(-PROOF_LIFE_S, True), (PROOF_LIFE_S, True), (-PROOF_LIFE_S - 1, False),
     (PROOF_LIFE_S + 1, False), (float("inf"), False)],
)  # fmt: skip
def test_a_proof_holds_for_minutes(off_s: float, holds: bool) -> None:
    proof = a_proof(iat=MONDAY_NINE.timestamp() + off_s)
    if holds:
        assert proven(proof, ASKED, TOKEN)
        return
    with pytest.raises(ProofOutOfTime) as refused:
        proven(proof, ASKED, TOKEN)
    assert refused.value.as_of == MONDAY_NINE
