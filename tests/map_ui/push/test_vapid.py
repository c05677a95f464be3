"""Push services know us by our key."""

from datetime import UTC, datetime

from map_ui.push.vapid import authorization, new_private_key, public_key
from tests.map_ui.push.push_service import signed_claims, unb64

WALL = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_token_names_the_service_the_contact_and_its_end_within_a_day() -> None:
    key = new_private_key()
    header = authorization(key, "https://push.example.com", "https://ops.example.com/x", WALL)
    claims, k = signed_claims(header)
    assert claims["aud"] == "https://push.example.com"
    assert claims["sub"] == "https://ops.example.com/x"
    assert 0 < claims["exp"] - WALL.timestamp() <= 24 * 3600
    assert k == public_key(key)


def test_the_public_key_is_an_uncompressed_point() -> None:
    point = unb64(public_key(new_private_key()))
    assert (len(point), point[0]) == (65, 4)
