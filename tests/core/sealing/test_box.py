"""Boxes open for their key and in one piece, or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sealing import box
from core.sealing.box import OpeningKey, SealingKey
from core.sealing.errors import DamagedBox, UnusableKey

KEY = OpeningKey.new()


def sealed(content: bytes, name: str = "a") -> bytes:
    out = io.BytesIO()
    told = box.seal(io.BytesIO(content), out, KEY.sealing, name)
    assert told.size_bytes == len(out.getvalue())
    return out.getvalue()


def opened(boxed: bytes, key: OpeningKey = KEY, name: str = "a") -> bytes:
    return b"".join(box.unseal(io.BytesIO(boxed), key, name))


@pytest.mark.parametrize(
    "size", [0, 1, box.PIECE_BYTES - 1, box.PIECE_BYTES, box.PIECE_BYTES + 1, 3 * box.PIECE_BYTES]
)
def test_what_was_sealed_comes_out_as_it_was(size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    assert opened(sealed(content)) == content


@given(st.data())
def test_a_box_with_any_bit_turned_does_not_open(data: st.DataObject) -> None:
    whole = bytearray(sealed(b"Rosa owes 120,000"))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 6))
    with pytest.raises(DamagedBox):
        opened(bytes(whole))


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_box_that_was_cut_off_between_two_pieces_does_not_open(pieces: int) -> None:
    whole = sealed(bytes(3 * box.PIECE_BYTES))
    end = len(box.HEADER) + box.KEY_BYTES + pieces * (box.PIECE_BYTES + box.TAG_BYTES)
    with pytest.raises(DamagedBox):
        opened(whole[:end])


def test_a_box_opens_under_its_own_name_and_with_its_own_key_alone() -> None:
    with pytest.raises(DamagedBox):
        opened(sealed(b"x"), name="b")
    with pytest.raises(DamagedBox):
        opened(sealed(b"x"), key=OpeningKey.new())


def test_keys_are_read_as_they_are_written_and_one_kind_is_never_taken_for_the_other() -> None:
    assert OpeningKey.read(KEY.text + "\n") == KEY
    assert SealingKey.read(KEY.sealing.text) == KEY.sealing
    for text in (KEY.text, "roundsman-seals-???", "roundsman-seals-AAAA", ""):
        with pytest.raises(UnusableKey):
            SealingKey.read(text)
