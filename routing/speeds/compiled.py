"""The compiled searches of map matching: bounded shortest ways, and Viterbi over candidates.

Written for numba: plain loops over arrays. Everything else of `routing/speeds` is NumPy.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from collections.abc import Callable
from typing import TypeVar

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., object])


def _compiled(function: Function) -> Function:
    try:
        made: Function = numba.njit(cache=True, nogil=True)(function)  # type: ignore[assignment]
    except RuntimeError:  # numba finds no folder that it may write to
        made = numba.njit(nogil=True)(function)  # type: ignore[assignment]
    return made


@_compiled
def _push(cost, node, size, new_cost, new_node):
    place = size
    while place > 0:
        above = (place - 1) // 2
        if cost[above] <= new_cost:
            break
        cost[place], node[place] = cost[above], node[above]
        place = above
    cost[place], node[place] = new_cost, new_node
    return size + 1


@_compiled
def _pop(cost, node, size):
    size -= 1
    last_cost, last_node = cost[size], node[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and cost[below + 1] < cost[below]:
            below += 1
        if cost[below] >= last_cost:
            break
        cost[place], node[place] = cost[below], node[below]
        place = below
    cost[place], node[place] = last_cost, last_node
    return size


@_compiled
def _search(streets, state, run, origin, targets, limit_m):
    """The cheapest ways from `origin` until all `targets` are reached or all is too far.

    Leaves them in `state`, for nodes whose `seen` is `run`.
    """
    node_start, out_edge, edge_to, edge_cost, edge_m = streets
    best, way_m, by_edge, seen, settled, heap_cost, heap_node = state
    waiting = len(targets)
    best[origin], way_m[origin], by_edge[origin], seen[origin] = 0.0, 0.0, -1, run
    size = _push(heap_cost, heap_node, 0, 0.0, origin)
    while size > 0 and waiting > 0:
        cost, node = heap_cost[0], heap_node[0]
        size = _pop(heap_cost, heap_node, size)
        if settled[node] == run:
            continue
        settled[node] = run
        for target in targets:
            if target == node:
                waiting -= 1
        for place in range(node_start[node], node_start[node + 1]):
            edge = out_edge[place]
            to = edge_to[edge]
            new_m = way_m[node] + edge_m[edge]
            new_cost = cost + edge_cost[edge]
            if new_m > limit_m or (seen[to] == run and best[to] <= new_cost):
                continue
            best[to], way_m[to], by_edge[to], seen[to] = new_cost, new_m, edge, run
            size = _push(heap_cost, heap_node, size, new_cost, to)


@_compiled
def _state(nodes, edges):
    return (
        np.empty(nodes),
        np.empty(nodes),
        np.empty(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.empty(edges + 1),
        np.empty(edges + 1, np.int64),
    )


@_compiled
def most_likely(streets, edge_from, rides, found, rules):  # noqa: C901, PLR0912 - one search
    """Viterbi: the candidate of each ping on the most likely way, and whether it was reached.

    `rides` are (start, time, straight metres to the ping before, slack metres backwards), `found`
    (start, edge, fraction, log likely), `rules` (β at rest, β per straight metre, detour factor,
    detour metres, fastest). Gives the candidate of each ping (-1: none) and, per ping, whether a
    way leads to it from the one before.
    """
    node_start, _, edge_to, _, edge_m = streets
    ride_start, t_s, straight_m, slack_m = rides
    cand_start, cand_edge, cand_at, log_likely = found
    beta_m, beta_share, detour, detour_m, fastest_mps = rules
    pings, total = len(t_s), len(cand_edge)
    score, back = np.full(total, -np.inf), np.full(total, -1, np.int64)
    chosen, linked = np.full(pings, -1, np.int64), np.zeros(pings, np.bool_)
    state, run = _state(len(node_start) - 1, len(edge_to)), 0
    way_m, seen = state[1], state[3]
    for ride in range(len(ride_start) - 1):
        for n in range(ride_start[ride], ride_start[ride + 1]):
            reached = False
            now = range(cand_start[n], cand_start[n + 1])
            before = range(0)
            if n > ride_start[ride]:
                before = range(cand_start[n - 1], cand_start[n])
            if len(now) > 0 and len(before) > 0:
                wait_s, across_m = t_s[n] - t_s[n - 1], straight_m[n]
                limit_m = min(detour * across_m + detour_m, fastest_mps * wait_s + 50.0)
                beta = beta_m + beta_share * across_m
                tails = np.unique(edge_from[cand_edge[cand_start[n] : cand_start[n + 1]]])
                for a in before:
                    if score[a] == -np.inf:
                        continue
                    one = cand_edge[a]
                    run += 1
                    _search(streets, state, run, edge_to[one], tails, limit_m)
                    for b in now:
                        other = cand_edge[b]
                        step_m = (cand_at[b] - cand_at[a]) * edge_m[one]
                        if other == one and step_m >= -slack_m[n]:
                            route_m = max(step_m, 0.0)
                        elif seen[edge_from[other]] == run:
                            route_m = (
                                (1 - cand_at[a]) * edge_m[one]
                                + way_m[edge_from[other]]
                                + cand_at[b] * edge_m[other]
                            )
                        else:
                            continue
                        if route_m > limit_m:
                            continue
                        total_score = score[a] - abs(route_m - across_m) / beta + log_likely[b]
                        if total_score > score[b]:
                            score[b], back[b], reached = total_score, a, True
            if not reached:
                if n > ride_start[ride]:
                    _trace(n - 1, ride_start[ride], cand_start, score, back, chosen, linked)
                for b in now:
                    score[b] = log_likely[b]
        if ride_start[ride + 1] > ride_start[ride]:
            last = ride_start[ride + 1] - 1
            _trace(last, ride_start[ride], cand_start, score, back, chosen, linked)
    return chosen, linked


@_compiled
def _trace(last, first, cand_start, score, back, chosen, linked):
    """Write down the most likely chain that ends at ping `last`."""
    at, most = -1, -np.inf
    for c in range(cand_start[last], cand_start[last + 1]):
        if score[c] > most:
            at, most = c, score[c]
    n = last
    while at >= 0 and n >= first:
        chosen[n] = at
        linked[n] = back[at] >= 0
        at = back[at]
        n -= 1


@_compiled
def _grown(values, count, size):
    more = np.empty(size, values.dtype)
    more[:count] = values[:count]
    return more


@_compiled
def ways(streets, edge_from, rides, found, linked_from, rules):
    """The pieces of street between linked pings: (ping arrived at, edge, from share, to share).

    Takes what `most_likely` takes and gives.
    """
    node_start, _, edge_to, _, edge_m = streets
    _, t_s, straight_m, slack_m = rides
    _, cand_edge, cand_at, _ = found
    chosen, linked = linked_from
    _, _, detour, detour_m, fastest_mps = rules
    size, count, run = 4 * len(chosen) + 64, 0, 0
    ping, edge = np.empty(size, np.int64), np.empty(size, np.int64)
    begin, end = np.empty(size), np.empty(size)
    state = _state(len(node_start) - 1, len(edge_to))
    by_edge = state[2]
    between, target = np.empty(len(node_start), np.int64), np.empty(1, np.int64)
    for n in range(1, len(chosen)):
        if not linked[n]:
            continue
        a, b = chosen[n - 1], chosen[n]
        one, other = cand_edge[a], cand_edge[b]
        steps = 0
        stays = one == other and (cand_at[b] - cand_at[a]) * edge_m[one] >= -slack_m[n]
        if not stays:
            run += 1
            target[0] = edge_from[other]
            limit_m = min(
                detour * straight_m[n] + detour_m, fastest_mps * (t_s[n] - t_s[n - 1]) + 50.0
            )
            _search(streets, state, run, edge_to[one], target, limit_m)
            node = target[0]
            while by_edge[node] >= 0:
                between[steps] = by_edge[node]
                node = edge_from[by_edge[node]]
                steps += 1
        if count + steps + 2 > size:
            size = 2 * size + steps
            ping, edge = _grown(ping, count, size), _grown(edge, count, size)
            begin, end = _grown(begin, count, size), _grown(end, count, size)
        first = cand_at[b] if stays else 1.0
        ping[count], edge[count], begin[count], end[count] = n, one, cand_at[a], first
        count += 1
        if stays:
            continue
        for step in range(steps - 1, -1, -1):
            ping[count], edge[count], begin[count], end[count] = n, between[step], 0.0, 1.0
            count += 1
        ping[count], edge[count], begin[count], end[count] = n, other, 0.0, cand_at[b]
        count += 1
    return ping[:count], edge[:count], begin[:count], end[:count]
