"""Cases change hands only as far as their new owner has room."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocation.choices import NOBODY
from allocation.city.room import Room, within


def _room(limit_s: int, most: int, cases: int, agents: int = 2, kept_s: int = 0) -> Room:
    return Room(
        work_s=np.full(cases, 100),
        limit_s=np.full(agents, limit_s),
        most_cases=np.full(agents, most),
        kept_s=np.full(agents, kept_s),
        kept_cases=np.zeros(agents, dtype=np.int64),
    )


def test_with_room_all_visits_stay() -> None:
    orders = [[0, 1], [2]]
    assert within(_room(1_000, 9, 3), np.array([1, 1, 0]), [1, 2, 3], orders) == orders


def test_of_too_many_new_cases_the_one_worth_least_goes_back() -> None:
    owner = np.array([0, 1, 1, 1])
    kept = within(_room(300, 9, 4), owner, [5, 1, 9, 7], [[0, 1, 2, 3], []])
    assert kept == [[0, 2, 3], []]
    assert within(_room(1_000, 2, 4), owner, [5, 1, 9, 7], [[0, 1, 2, 3], []]) == [[0, 2], []]


def test_a_swap_needs_no_room() -> None:
    orders = [[1], [0]]
    assert within(_room(100, 1, 2), np.array([0, 1]), [1, 1], orders) == orders


def test_what_is_owned_beside_counts() -> None:
    assert within(_room(350, 9, 2, kept_s=300), np.array([1, 1]), [1, 1], [[0, 1], []]) == [[], []]


def test_who_owns_too_much_already_keeps_it_and_gets_nothing_new() -> None:
    owner = np.array([0, 0, 1])
    assert within(_room(100, 9, 3), owner, [1, 1, 9], [[0, 1, 2], []]) == [[0, 1], []]


@given(st.data(), st.integers(1, 4), st.integers(0, 12), st.integers(0, 900), st.integers(0, 6))
def test_nobody_ends_with_more_than_there_is_room_for_and_more_than_before(
    data: st.DataObject, agents: int, cases: int, limit_s: int, most: int
) -> None:
    who = st.integers(-1, agents - 1)
    owner = np.array(data.draw(st.lists(who, min_size=cases, max_size=cases)), dtype=np.int64)
    visitor = data.draw(st.lists(who, min_size=cases, max_size=cases))
    orders = [[case for case in range(cases) if visitor[case] == a] for a in range(agents)]
    kept = within(_room(limit_s, most, cases, agents), owner, [1] * cases, orders)
    after = owner.copy()
    for agent, order in enumerate(kept):
        assert set(order) <= set(orders[agent])
        after[order] = agent
    before = np.bincount(owner[owner != NOBODY], minlength=agents)
    now = np.bincount(after[after != NOBODY], minlength=agents)
    allowed = np.minimum(most, limit_s // 100)
    assert (now <= np.maximum(before, allowed)).all()
