"""Messages are encrypted as RFC 8291 says, held against the example of its appendix A."""

import pytest
from cryptography.exceptions import InvalidTag

from map_ui.push.encryption import OneTime, encrypt, is_on_curve, one_time
from tests.map_ui.push.push_service import decrypt, private_key, public_point, unb64

PLAIN = b"When I grow up, I want to be a watermelon"
RECEIVER = private_key(unb64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
SENDER = private_key(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
AUTH = unb64("BTBZMqHH6r4Tts7J_aSIgg")
SALT = unb64("DGv6ra1nlYgDCS1FRnbzlw")
MESSAGE = unb64(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4"
    "a-fN"
)


def test_our_message_is_that_of_the_example_byte_for_byte() -> None:
    ours = encrypt(PLAIN, public_point(RECEIVER), AUTH, OneTime(SENDER, SALT))
    assert ours == MESSAGE


def test_the_reader_of_the_tests_reads_the_example() -> None:
    assert decrypt(MESSAGE, RECEIVER, AUTH) == PLAIN


def test_only_the_browser_that_has_the_secret_reads_a_message() -> None:
    message = encrypt(PLAIN, public_point(RECEIVER), AUTH, one_time())
    assert decrypt(message, RECEIVER, AUTH) == PLAIN
    with pytest.raises(InvalidTag):
        decrypt(message, RECEIVER, b"another secret..")
    with pytest.raises(InvalidTag):
        decrypt(message[:-1] + bytes([message[-1] ^ 1]), RECEIVER, AUTH)


def test_no_two_messages_are_encrypted_with_the_same_key() -> None:
    messages = {encrypt(PLAIN, public_point(RECEIVER), AUTH, one_time()) for _ in range(20)}
    assert len({message[:16] for message in messages}) == 20
    assert len({message[21:86] for message in messages}) == 20


@pytest.mark.parametrize(
    ("point", "on_curve"),
    [
        (public_point(RECEIVER), True),
        (public_point(RECEIVER)[:-1] + b"\0", False),
        (public_point(RECEIVER)[:-1], False),
        (b"\x02" + public_point(RECEIVER)[1:33], False),  # compressed, which browsers never send
        (bytes(65), False),
        (b"", False),
    ],
)
def test_a_point_is_checked_to_be_on_the_curve(point: bytes, on_curve: bool) -> None:
    assert is_on_curve(point) is on_curve
