"""How much agents may own when cases change hands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation.choices import NOBODY
from allocation.problem import Integers


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Per case `work_s` of its owner's time. Per agent the most there may be, `limit_s` and
    `most_cases`, and `kept_s` and `kept_cases`, owned beside the cases that are decided on."""

    work_s: Integers
    limit_s: Integers
    most_cases: Integers
    kept_s: Integers
    kept_cases: Integers


def within(
    room: Room, owner: Integers, worth: Sequence[float], orders: Sequence[Sequence[int]]
) -> list[list[int]]:
    """`orders` without the visits that would give an agent more than there is room for.

    A case that is visited by somebody else than its `owner` becomes the visitor's. Of an agent's
    new cases the one with the least `worth` goes back first, until the rest fits; who owns too much
    already gets no new ones.
    """
    agents = len(orders)
    after = owner.copy()
    for agent, order in enumerate(orders):
        after[list(order)] = agent
    held = after != NOBODY
    load_s = room.kept_s + np.bincount(after[held], room.work_s[held], agents).astype(np.int64)
    cases = room.kept_cases + np.bincount(after[held], minlength=agents)
    news = [
        sorted((case for case in order if owner[case] != agent), key=lambda case: worth[case])
        for agent, order in enumerate(orders)
    ]
    back: set[int] = set()
    while True:
        over = np.flatnonzero((load_s > room.limit_s) | (cases > room.most_cases)).tolist()
        full = next((agent for agent in over if news[agent]), None)
        if full is None:
            break
        case = news[full].pop(0)
        back.add(case)
        for whose, sign in ((full, -1), (int(owner[case]), 1)):
            if whose != NOBODY:
                load_s[whose] += sign * room.work_s[case]
                cases[whose] += sign
    return [[case for case in order if case not in back] for order in orders]
