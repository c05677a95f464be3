"""Values open with the key that sealed them, whatever keys have come since."""

import pytest

from core.sealing.errors import DamagedBox, UnusableKey
from core.sealing.ring import SHORTEST_BYTES, Cipher, KeyRing

RING = KeyRing.new()
NUMBER = "+56 9 1234 5678"


def test_a_value_opens_again_and_looks_different_each_time() -> None:
    cipher = Cipher(RING)
    sealed = [cipher.seal(text) for text in (NUMBER, NUMBER, "")]
    assert [cipher.open(value) for value in sealed] == [NUMBER, NUMBER, ""]
    assert sealed[0] != sealed[1]
    assert len(sealed[2]) == SHORTEST_BYTES


def test_a_new_key_seals_from_then_on_and_the_old_one_still_opens() -> None:
    old, new = Cipher(RING), Cipher(RING.with_new_key())
    before = old.seal(NUMBER)
    assert new.open(before) == NUMBER
    [anew] = new.seal_anew([before])
    assert Cipher(new.ring.with_newest_alone()).open(anew) == NUMBER
    for sealed in (anew, before[:-1], b"\x00\x01", b""):
        with pytest.raises(DamagedBox):
            old.open(sealed)


@pytest.mark.parametrize("text", ["+56912345678", "+56 9 1234-5678", "+56 (9) 1234 5678"])
def test_a_number_is_found_however_it_is_spaced(text: str) -> None:
    assert Cipher(RING).index(text) == Cipher(RING.with_new_key()).index(NUMBER)


def test_an_index_of_another_ring_or_text_is_another() -> None:
    found = {Cipher(RING).index("a"), Cipher(RING).index("b"), Cipher(KeyRing.new()).index("a")}
    assert len(found) == 3


def test_a_ring_is_read_as_it_is_written() -> None:
    ring = RING.with_new_key()
    assert KeyRing.read(ring.text) == ring
    assert (RING.newest, ring.newest) == (1, 2)


@pytest.mark.parametrize(
    "text", ["", "1 AAAA", "index\n1", "what is this", RING.text.replace("index", "indx")]
)
def test_a_file_that_is_no_ring_is_refused(text: str) -> None:
    with pytest.raises(UnusableKey):
        KeyRing.read(text)
