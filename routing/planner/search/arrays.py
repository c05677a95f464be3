"""What the compiled search calculates with: facts that stay, rounds that change.

Nodes are candidates 0 to n − 1, then a start and an end per round, then the counters for deposits.
Positions of a round are 0 for its start, 1 to its length for its stops, and one more for its end. A
*gap* is named for the position after it. Few and wide arrays: machine code passes every array of a
tuple on in each call.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Later than any day and more than any limit, yet far from overflow.
NEVER = 2**40

# Columns of `Facts.nodes`. LEAST is the least time that a visit takes a round, ways and all. BEFORE
# is the former stop before a candidate, −1 for the first of a round and −2 for one that was in
# none; FORMER is the round it was in. REACH is the way there and back to the last of `Facts.near`.
SERVICE, WORTH, CASH, PINNED, OPENS, CLOSES, WINDOWS, LEAST, BEFORE, FORMER, REACH = range(11)
COLUMNS = 11
# Columns of `Facts.shifts`.
START, END, FROM, TO, MATRIX, IN_HAND, LIMIT, MOST_METRES, BREAKS = range(9)
# Columns of `Facts.rests`.
EARLIEST, LATEST, LASTS = range(3)
# Columns of `Rounds.sizes`. HEAD is the first gap after the pins, ROOM the most time in a gap.
LENGTH, HEAD, METRES, ROOM = range(4)
# Columns of `Rounds.table`: the node, the cash of the stretch between deposits that the gap lies
# in, the last former stop before the gap and the first after it. From FREE on in turns, per number
# of breaks taken: the earliest departure, and the latest readiness.
NODE, CARRIED, FORMER_TO, FORMER_FROM, FREE, DUE = range(6)


class Facts(NamedTuple):
    """Seconds, metres and minor units throughout.

    `travel` and `metres` are (matrices, nodes, nodes). `windows` is (nodes, most windows, 2),
    `rests` (rounds, most breaks, 3). `may` and `price` say (round, candidate): whether the round
    may have it, and what that costs beside the way. `near` lists for each candidate the others,
    nearest first.
    """

    travel: Array
    metres: Array
    nodes: Array
    windows: Array
    shifts: Array
    rests: Array
    may: Array
    price: Array
    near: Array
    candidates: int
    first_counter: int
    disturbance: int


class Rounds(NamedTuple):
    """Rounds with everything that makes the next change cheap to judge.

    `table` is (rounds, positions, columns). `place` is the round of a candidate, −1 for none;
    `absent` lists those in no round, as many as ``left[0]``. `ready` is for reckoning.
    """

    table: Array
    sizes: Array
    place: Array
    absent: Array
    left: Array
    ready: Array


def empty_rounds(facts: Facts) -> Rounds:
    """Rounds of `facts` without stops, which nobody has measured yet."""
    rounds, candidates, states = len(facts.shifts), facts.candidates, facts.rests.shape[1] + 1
    room = candidates + 2
    if len(facts.nodes) > facts.first_counter:
        room += candidates + 2
    table = np.zeros((rounds, room, FREE + 2 * states), dtype=np.int64)
    table[:, 0, NODE], table[:, 1, NODE] = facts.shifts[:, START], facts.shifts[:, END]
    return Rounds(
        table=table,
        sizes=np.tile(np.array([0, 1, 0, 0], dtype=np.int64), (rounds, 1)),
        place=np.full(candidates, -1, dtype=np.int64),
        absent=np.arange(candidates, dtype=np.int64),
        left=np.array([candidates], dtype=np.int64),
        ready=np.zeros((2, states), dtype=np.int64),
    )
