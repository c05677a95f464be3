"""What to take out of rounds: strings of stops near each other, and stops here and there.

After Christiaens and Vanden Berghe (2020), "Slack induction by string removals for vehicle routing
problems".
"""

from routing.planner.search.arrays import HEAD, LENGTH, NODE, Array, Facts, Rounds
from routing.planner.search.chance import below, uniform
from routing.planner.search.compiled import compiled

_MEAN_REMOVED, _LONGEST_STRING = 10, 10
_SPLIT, _LONGER = 0.5, 0.3


@compiled
def ruin(facts: Facts, rounds: Rounds, gone: Array, dirty: Array, chance: Array) -> None:
    """Take stops out; marks the rounds that changed as `dirty`. Pins stay.

    `gone` is a scratch of a flag per position and round.
    """
    if len(facts.nodes) > facts.first_counter:
        for nth in range(len(dirty)):
            # Where nothing is carried away, a deposit may still make the first visit possible.
            dirty[nth] = rounds.sizes[nth, LENGTH] == 0
    luck = uniform(chance)
    if luck < 0.6:
        _strings(facts, rounds, gone, dirty, chance)
    elif luck < 0.8:
        _neighbors(facts, rounds, gone, dirty, chance)
    else:
        _here_and_there(rounds, gone, dirty, chance)
    for nth in range(len(dirty)):
        if dirty[nth]:
            _close_up(facts, rounds, nth, gone)


@compiled
def _strings(facts: Facts, rounds: Rounds, gone: Array, dirty: Array, chance: Array) -> None:
    """From rounds around a candidate, one string each."""
    candidates = facts.candidates
    visited, used = 0, 0
    for nth in range(len(dirty)):
        visited += rounds.sizes[nth, LENGTH]
        used += rounds.sizes[nth, LENGTH] > 0
    if used == 0:
        return
    longest = min(float(_LONGEST_STRING), visited / used)
    most = 4 * _MEAN_REMOVED / (1 + longest) - 1
    strings = int(uniform(chance) * most + 1)
    seed = below(chance, candidates)
    for step in range(-1, facts.near.shape[1]):
        node = seed if step < 0 else facts.near[seed, step]
        nth = rounds.place[node]
        if nth < 0 or dirty[nth]:
            continue
        string = int(uniform(chance) * min(longest, float(rounds.sizes[nth, LENGTH])) + 1)
        if _string(rounds, gone, nth, node, string, chance):
            dirty[nth] = True
            strings -= 1
            if strings <= 0:
                return


@compiled
def _string(rounds: Rounds, gone: Array, nth: int, node: int, string: int, chance: Array) -> bool:
    """Mark `string` stops in a row around `node`, perhaps with some left standing in between."""
    head, length = rounds.sizes[nth, HEAD], rounds.sizes[nth, LENGTH]
    free = length - head + 1
    if free <= 0:
        return False
    at = head
    while rounds.table[nth, at, NODE] != node and at < length:
        at += 1
    string, left = min(string, free), 0
    if string > 1 and string < free and uniform(chance) < _SPLIT:
        left = 1
        while string + left < free and uniform(chance) < _LONGER:
            left += 1
    span = string + left
    first = max(head, at - below(chance, span))
    first = min(first, length - span + 1)
    keep = first + (below(chance, string + 1) if left else 0)
    for position in range(first, first + span):
        if not keep <= position < keep + left:
            gone[nth, position] = True
    return True


@compiled
def _neighbors(facts: Facts, rounds: Rounds, gone: Array, dirty: Array, chance: Array) -> None:
    """A few stops near a candidate, whichever rounds they are in."""
    seed, many = below(chance, facts.candidates), 1 + below(chance, 8)
    for step in range(-1, facts.near.shape[1]):
        node = seed if step < 0 else facts.near[seed, step]
        nth = rounds.place[node]
        if nth < 0:
            continue
        for position in range(rounds.sizes[nth, HEAD], rounds.sizes[nth, LENGTH] + 1):
            if rounds.table[nth, position, NODE] == node:
                gone[nth, position] = dirty[nth] = True
                many -= 1
                break
        if many <= 0:
            return


@compiled
def _here_and_there(rounds: Rounds, gone: Array, dirty: Array, chance: Array) -> None:
    """A few stops of one round, or of two."""
    many = 1 + below(chance, 6)
    for _ in range(min(2, len(dirty))):
        nth = below(chance, len(dirty))
        free = rounds.sizes[nth, LENGTH] - rounds.sizes[nth, HEAD] + 1
        if free <= 0:
            continue
        dirty[nth] = True
        for _ in range(min(many, free)):
            gone[nth, rounds.sizes[nth, HEAD] + below(chance, free)] = True


@compiled
def _close_up(facts: Facts, rounds: Rounds, nth: int, gone: Array) -> None:
    """Remove the marked stops of a round and wipe the marks; their candidates become absent."""
    table, kept = rounds.table[nth], 1
    for position in range(1, rounds.sizes[nth, LENGTH] + 2):
        node = table[position, NODE]
        if gone[nth, position]:
            gone[nth, position] = False
            if node < facts.candidates:
                rounds.place[node] = -1
                rounds.absent[rounds.left[0]] = node
                rounds.left[0] += 1
                continue
        table[kept, NODE] = node
        kept += 1
    rounds.sizes[nth, LENGTH] = kept - 2
