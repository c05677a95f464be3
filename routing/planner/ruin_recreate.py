"""Search by taking a few stops out of a round and putting better ones in, again and again.

After Schrimpf et al. (2000), "Record breaking optimization results using the ruin and recreate
principle", and for what to take out Christiaens and Vanden Berghe (2020), "Slack induction by
string removals for vehicle routing problems"; with prizes instead of a fleet. Accepts as simulated
annealing does.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.random import Generator

from routing.planner.insertion import insertions
from routing.planner.terms import NEVER_S, Terms

_MOST_RUINED = 12
_NOISE = 0.2
# Temperatures as shares of what the first round is worth: where annealing begins and where it ends.
_HOT, _COLD = 0.015, 0.001
# A minute on top of every visit, so that gains per second do not explode for a neighbor.
_OVERHEAD_S = 60


def improve(
    terms: Terms, order: list[int], numbers: Sequence[int], shares: Iterable[float], seed: int
) -> list[int]:
    """A round at least as good as `order`, made of the candidates `numbers`; pins stay.

    Tries one round for each of `shares`, the share of the time that is used by then (0 to 1).
    """
    chance = np.random.default_rng(seed)
    best = current = fill(terms, order, numbers)
    best_s = current_s = terms.net_s(current)
    scale_s = float(sum(terms.problem.candidates[n].score for n in best)) * (
        terms.problem.prize_value_s
    )
    for share in shares:
        tried = fill(terms, _ruin(terms, current, chance), numbers, chance)
        tried_s = terms.net_s(tried)
        temperature_s = scale_s * _HOT * (_COLD / _HOT) ** share
        if tried_s >= current_s - temperature_s * chance.standard_exponential():
            current, current_s = tried, tried_s
        if current_s > best_s:
            best, best_s = current, current_s
    return best


def fill(
    terms: Terms, order: list[int], numbers: Sequence[int], chance: Generator | None = None
) -> list[int]:
    """`order` with candidates added until none is worth its detour: best gain per second first.

    `chance` blurs the gains a little, so that the same hole is not always filled the same way.
    """
    taken = set(order)
    left = np.array([n for n in numbers if n not in taken], dtype=np.int64)
    worth_s = np.array([terms.worth_s[n] for n in left], dtype=np.float64)
    taking_s = np.array([terms.service_s[n] for n in left], dtype=np.float64) + _OVERHEAD_S
    blur = np.ones(len(left)) if chance is None else np.exp(chance.normal(0, _NOISE, len(left)))
    while len(left):
        detour_s, positions = insertions(terms, order, left).cheapest()
        gain_s = worth_s - detour_s
        rate = np.where(gain_s > 0, gain_s / (taking_s + detour_s) * blur, 0)
        pick = int(rate.argmax())
        if rate[pick] <= 0:
            break
        position = int(positions[pick])
        order = [*order[:position], int(left[pick]), *order[position:]]
        # What does not fit now never will; what is not worth its detour may be later.
        keep = detour_s < NEVER_S
        keep[pick] = False
        left, worth_s, taking_s, blur = left[keep], worth_s[keep], taking_s[keep], blur[keep]
    return order


def _ruin(terms: Terms, order: list[int], chance: Generator) -> list[int]:
    """`order` less a run of stops, a few anywhere, or a few near each other."""
    pins, stops = terms.pins(order), len(order)
    if stops == pins:
        return order
    count = int(chance.integers(1, min(stops - pins, _MOST_RUINED), endpoint=True))
    kind = chance.integers(3)
    if kind == 0:
        first = int(chance.integers(pins, stops - count, endpoint=True))
        return order[:first] + order[first + count :]
    if kind == 1:
        gone = {pins + int(at) for at in chance.choice(stops - pins, count, replace=False)}
    else:
        middle = order[int(chance.integers(pins, stops))]
        near = np.argsort(terms.travel_s[middle, order[pins:]], kind="stable")[:count]
        gone = {pins + int(at) for at in near}
    return [number for at, number in enumerate(order) if at not in gone]
