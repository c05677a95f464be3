"""Counting notes and coins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.custody.denominations import FACES, Denomination, counted, total_of
from core.errors import InvalidField
from core.money import Money

currencies = st.sampled_from(sorted(FACES))


@st.composite
def counts(draw: st.DrawFn) -> tuple[str, list[Denomination]]:
    currency = draw(currencies)
    faces = draw(st.lists(st.sampled_from(FACES[currency]), unique=True, max_size=8))
    return currency, [Denomination(face, draw(st.integers(0, 50))) for face in faces]


@given(counts())
def test_what_was_counted_makes_its_own_amount_and_no_other(
    count: tuple[str, list[Denomination]],
) -> None:
    currency, faces = count
    total = total_of(faces)
    kept = counted(faces, Money(total, currency))
    assert total_of(kept) == total
    assert all(d.count for d in kept)
    assert [d.face_minor for d in kept] == sorted((d.face_minor for d in kept), reverse=True)
    for off in (-1, 1):
        with pytest.raises(InvalidField, match=r"^denominations: "):
            counted(faces, Money(total + off, currency))


@given(currencies)
def test_faces_rise_and_come_once(currency: str) -> None:
    faces = FACES[currency]
    assert list(faces) == sorted(set(faces))
    assert all(face > 0 for face in faces)


@pytest.mark.parametrize(
    ("faces", "named"),
    [
        ([Denomination(3_000, 1)], "denominations.0.face_minor"),
        ([Denomination(1_000, 2), Denomination(1_000, 1)], "denominations.1.face_minor"),
        ([Denomination(5_000, 1), Denomination(1_000, -2)], "denominations.1.count"),
        ([], "denominations"),
    ],
)
def test_a_wrong_count_is_named(faces: list[Denomination], named: str) -> None:
    with pytest.raises(InvalidField) as refused:
        counted(faces, Money(3_000, "CLP"))
    assert refused.value.field == named


def test_a_sum_that_is_not_the_amount_says_what_it_is() -> None:
    with pytest.raises(InvalidField) as refused:
        counted([Denomination(50_000, 3)], Money(200_000, "INR"))
    assert refused.value.expected == "INR 2,000.00 in all; these make INR 1,500.00"


def test_a_currency_without_known_faces_is_said_so() -> None:
    with pytest.raises(InvalidField, match=r"^amount\.currency: "):
        counted([Denomination(1, 1)], Money(1, "XAU"))
