"""Chance with a state of its own, so that a seed gives the same search wherever it runs.

The generator is Marsaglia's xorshift (2003) with the shifts 13, 7 and 17.
"""

import numpy as np

from routing.planner.search.arrays import Array
from routing.planner.search.compiled import compiled

_13, _7, _17, _11 = np.uint64(13), np.uint64(7), np.uint64(17), np.uint64(11)
_STEP = 1 / 2**53


def seeded(seed: int) -> Array:
    """The state of a generator for `seed`."""
    return np.random.SeedSequence(seed).generate_state(1, dtype=np.uint64) | np.uint64(1)


@compiled
def uniform(state: Array) -> float:
    """From 0 up to and not including 1."""
    x = state[0]
    x ^= x << _13
    x ^= x >> _7
    x ^= x << _17
    state[0] = x
    return (x >> _11) * _STEP


@compiled
def below(state: Array, bound: int) -> int:
    """A whole number from 0 up to and not including `bound`."""
    return int(uniform(state) * bound)
