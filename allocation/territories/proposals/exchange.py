"""Nodes change sides at the borders of parts, as long as that evens out work and keeps parts whole.

Written for machine code: plain loops over arrays. Everything else of the cut is NumPy and SciPy.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import numpy as np

from routing.planner.search.compiled import compiled


@compiled
def exchanged(indptr, indices, x_m, y_m, weight, label, center, price, radius_m, passes):
    """Move nodes between neighboring parts while that lowers the price; `label` is changed.

    The price is each part's squared distance from the mean work (in means, times `price`), and the
    distance of work from its center (in `radius_m`). Of a part a node takes along what it alone
    ties to the center, so both parts stay whole. Returns how many moves were made.
    """
    nodes, parts = len(label), len(center)
    load = np.zeros(parts)
    for node in range(nodes):
        load[label[node]] += weight[node]
    mean = load.sum() / parts
    seen = np.full(nodes, -1, np.int64)
    queue = np.empty(nodes, np.int64)
    members = _members(label, parts)
    stamp, moves = 0, 0
    for _ in range(passes):
        moved = 0
        for node in range(nodes):
            mine = label[node]
            if node == center[mine] or not _is_at_border(indptr, indices, label, node):
                continue
            stamp += 1
            count = _taken_along(
                indptr, indices, label, center[mine], node, seen, stamp, queue, members
            )
            taken = queue[:count]
            work, best = 0.0, -1
            for each in taken:
                work += weight[each]
            from_mine = _weighed_m(x_m, y_m, weight, taken, center[mine])
            most = 1e-9
            for arc in range(indptr[node], indptr[node + 1]):
                other = label[indices[arc]]
                if other in (mine, best):
                    continue
                evens = 2 * work * (load[mine] - load[other] - work) / mean
                farther = _weighed_m(x_m, y_m, weight, taken, center[other]) - from_mine
                gain = price * evens - farther / radius_m
                if gain > most:
                    best, most = other, gain
            if best >= 0:
                for each in taken:
                    label[each] = best
                load[mine] -= work
                load[best] += work
                members[mine] -= count
                members[best] += count
                moved += 1
        moves += moved
        if moved == 0:
            break
    return moves


@compiled
def _is_at_border(indptr, indices, label, node):
    others = 0
    for arc in range(indptr[node], indptr[node + 1]):
        others += label[indices[arc]] != label[node]
    return others > 0


@compiled
def _weighed_m(x_m, y_m, weight, nodes, center):
    away = 0.0
    for node in nodes:
        away += weight[node] * np.hypot(x_m[node] - x_m[center], y_m[node] - y_m[center])
    return away


@compiled
def _members(label, parts):
    members = np.zeros(parts, np.int64)
    for node in range(len(label)):
        members[label[node]] += 1
    return members


@compiled
def _taken_along(indptr, indices, label, center, node, seen, stamp, queue, members):
    """Put into `queue` the node and all of its part that is cut off from the center without it.

    Returns how many that are.
    """
    mine = label[node]
    alike = 0
    for arc in range(indptr[node], indptr[node + 1]):
        alike += label[indices[arc]] == mine
    if alike <= 1:
        queue[0] = node
        return 1
    # What the center still reaches.
    queue[0], seen[center] = center, stamp
    head, tail = 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for arc in range(indptr[here], indptr[here + 1]):
            there = indices[arc]
            if there != node and label[there] == mine and seen[there] != stamp:
                seen[there] = stamp
                queue[tail] = there
                tail += 1
    missing = members[mine] - tail
    # The rest hangs on the node.
    queue[0], seen[node] = node, stamp
    head, tail = 0, 1
    while head < tail < missing:
        here = queue[head]
        head += 1
        for arc in range(indptr[here], indptr[here + 1]):
            there = indices[arc]
            if label[there] == mine and seen[there] != stamp:
                seen[there] = stamp
                queue[tail] = there
                tail += 1
    return tail
