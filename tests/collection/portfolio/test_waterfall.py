from collections import defaultdict
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.portfolio.waterfall import HEAD_ORDER, Head, OpenDemand, Share, allocate
from core.errors import InvalidField

JANUARY = OpenDemand(
    UUID(int=1), date(2026, 1, 5), principal_minor=800, interest_minor=150, charges_minor=30,
    penal_minor=20,
)  # fmt: skip
FEBRUARY = OpenDemand(UUID(int=2), date(2026, 2, 5), principal_minor=850, interest_minor=150)


def test_the_oldest_demand_is_settled_head_by_head_before_the_next() -> None:
    result = allocate(1_100, [FEBRUARY, JANUARY])
    assert result.shares == (
        Share(JANUARY.id, "charges", 30),
        Share(JANUARY.id, "penal", 20),
        Share(JANUARY.id, "interest", 150),
        Share(JANUARY.id, "principal", 800),
        Share(FEBRUARY.id, "interest", 100),
    )
    assert result.advance_minor == 0


def test_an_overpayment_comes_back_as_an_advance() -> None:
    assert allocate(2_500, [JANUARY, FEBRUARY]).advance_minor == 500
    assert allocate(1, []).advance_minor == 1


def test_what_was_paid_before_is_taken_to_have_gone_the_same_way() -> None:
    half_paid = OpenDemand(UUID(int=3), date(2026, 1, 5), 800, interest_minor=150, paid_minor=100)
    assert allocate(60, [half_paid]).shares == (
        Share(half_paid.id, "interest", 50),
        Share(half_paid.id, "principal", 10),
    )


def test_the_order_of_heads_is_data() -> None:
    order: tuple[Head, ...] = ("principal", "interest", "penal", "charges")
    assert allocate(900, [JANUARY], order).shares == (
        Share(JANUARY.id, "principal", 800),
        Share(JANUARY.id, "interest", 100),
    )


def test_demands_of_the_same_day_are_settled_by_id() -> None:
    twin = OpenDemand(UUID(int=9), JANUARY.due_on, principal_minor=10)
    assert {share.demand_id for share in allocate(1_000, [twin, JANUARY]).shares} == {JANUARY.id}


@pytest.mark.parametrize("payment_minor", [0, -1])
def test_a_payment_of_nothing_is_refused(payment_minor: int) -> None:
    with pytest.raises(InvalidField):
        allocate(payment_minor, [JANUARY])


def test_an_order_that_forgets_or_repeats_a_head_is_refused() -> None:
    with pytest.raises(InvalidField):
        allocate(1, [JANUARY], ("charges", "penal", "interest"))
    with pytest.raises(InvalidField):
        allocate(1, [JANUARY], ("charges", "penal", "interest", "interest"))


def test_a_demand_cannot_be_negative_or_paid_beyond_its_sum() -> None:
    with pytest.raises(InvalidField):
        OpenDemand(UUID(int=1), date(2026, 1, 5), principal_minor=100, interest_minor=-1)
    with pytest.raises(InvalidField):
        OpenDemand(UUID(int=1), date(2026, 1, 5), principal_minor=100, paid_minor=101)


amounts = st.integers(0, 10_000)


@st.composite
def demands(draw: st.DrawFn) -> list[OpenDemand]:
    drawn = []
    for number in range(draw(st.integers(0, 6))):
        principal, interest, charges, penal = (draw(amounts) for _ in HEAD_ORDER)
        due_on = draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
        paid = draw(st.integers(0, principal + interest + charges + penal))
        drawn.append(
            OpenDemand(UUID(int=number), due_on, principal, interest, charges, penal, paid)
        )
    return drawn


@given(payment=st.integers(1, 100_000), dues=demands())
def test_nothing_is_lost_and_no_head_gets_more_than_it_needs(
    payment: int, dues: list[OpenDemand]
) -> None:
    result = allocate(payment, dues)
    assert sum(share.amount_minor for share in result.shares) + result.advance_minor == payment
    given_to: defaultdict[UUID, int] = defaultdict(int)
    for share in result.shares:
        demand = next(demand for demand in dues if demand.id == share.demand_id)
        assert 0 < share.amount_minor <= demand.due_minor(share.head)
        given_to[demand.id] += share.amount_minor
    open_minor = {d.id: sum(map(d.due_minor, HEAD_ORDER)) - d.paid_minor for d in dues}
    assert all(given_to[id_] <= open_minor[id_] for id_ in open_minor)
    assert result.advance_minor == max(0, payment - sum(open_minor.values()))
    started = sorted((d.due_on, d.id) for d in dues if given_to[d.id])
    assert all(given_to[id_] == open_minor[id_] for _, id_ in started[:-1])


@given(first=st.integers(1, 30_000), second=st.integers(1, 30_000), dues=demands())
def test_two_payments_settle_what_one_of_their_sum_would(
    first: int, second: int, dues: list[OpenDemand]
) -> None:
    paid: defaultdict[tuple[UUID, Head], int] = defaultdict(int)
    one = allocate(first, dues)
    after = []
    for due in dues:
        share = sum(s.amount_minor for s in one.shares if s.demand_id == due.id)
        after.append(replace(due, paid_minor=due.paid_minor + share))
    two = allocate(second, after)
    for share_ in (*one.shares, *two.shares):
        paid[share_.demand_id, share_.head] += share_.amount_minor
    whole = allocate(first + second, dues)
    assert paid == {(s.demand_id, s.head): s.amount_minor for s in whole.shares}
    assert one.advance_minor + two.advance_minor == whole.advance_minor
