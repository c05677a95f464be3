"""How good a whole city's rounds are when they are improved jointly, beside agent by agent.

Three parts: 50 agents × 2,500 cases on the city, within 30 seconds; 500 × 25,000 on nine tiles of
it, from travel times to audited rounds; what happens when agents are down. The peer is a min-cost
flow over each case's 16 nearest agents, then PyVRP for each agent. Judge, bound and peer are the
benchmark's own, on SciPy's travel times. Fails when a round breaks a rule or no work was done. Ends
with one line of JSON.
"""

import argparse
import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import _city_baseline as baseline
from benchmarks._allocation_field import tiled
from benchmarks._city_field import city_field, travel_s
from benchmarks._city_judge import Judged, bound, judged
from benchmarks._city_ours import PROCESSES, made
from benchmarks._city_streets import graph_of
from benchmarks._round_part import Streets, console, no_work, open_streets
from routing.planner.pool import warm_pool
from routing.travel.travel_times import travel_times

SMALL, SMALL_S, SMALL_PEER_S = 50, 30.0, 1.0
LARGE, LARGE_S, LARGE_PEER_S, TILES = 500, 80.0, 0.2, 3

KEYS = (
    "city50_gap_closed", "city50_travel", "city500_s", "city500_score", "city500_travel", "peak_mb",
)  # fmt: skip
"""All figures but those of agents who are down; a part that was left out has none."""


@dataclass(slots=True)
class Figures:
    """A part's figures by key, the table that shows them, and what else it tells."""

    keys: dict[str, float]
    table: Table | None = None
    details: dict[str, Any] = field(default_factory=dict)


def city50(streets: Streets, options: argparse.Namespace) -> Figures:
    """Fifty agents: the share of the gap to the LP bound that joint improvement closes."""
    day = city_field(streets.city, SMALL, options.seed)
    everywhere = np.arange(len(day.nodes))
    with console.status("travel times by SciPy"):
        between_s = travel_s(day, everywhere, everywhere)
    from_home_s = between_s[len(day.candidates) :, : len(day.candidates)]
    owner = baseline.owners(from_home_s)
    theirs = judged(
        day, baseline.rounds(day, owner, SMALL_PEER_S, options.seed), "Judging the peer"
    )
    times = travel_times(graph_of(streets.city))
    with warm_pool(PROCESSES) as pool:
        ours = made(day, times, pool, options.seconds, options.seed, options.price)
    mine = judged(day, ours.orders, "Judging ours")
    most = bound(day, between_s)
    if most <= theirs.score:
        no_work("the peer leaves no gap to be closed")
    table = _table(f"{SMALL} agents × {len(day.candidates):,} cases")
    _row(table, f"flow + PyVRP {SMALL_PEER_S} s each", theirs, theirs, "")
    _row(table, "ours", mine, theirs, f"{ours.moved}")
    table.add_row("LP bound", f"{most:,.0f}", f"{most / theirs.score:.4f}", "", "", "", "")
    return Figures(
        {
            "city50_gap_closed": round((mine.score - theirs.score) / (most - theirs.score), 4),
            "city50_travel": round(mine.travel_s / theirs.travel_s, 4),
        },
        table,
        {
            "city50_s": round(ours.total_s, 1),
            "city50_moved": ours.moved,
            "city50_steps_s": ours.seconds,
        },
    )


def city500(streets: Streets, options: argparse.Namespace) -> Figures:
    """Five hundred agents on tiles, from travel times to audited rounds."""
    day = city_field(tiled(streets.city, options.tiles), options.agents, options.seed)
    times = travel_times(graph_of(day.city))
    with warm_pool(PROCESSES) as pool:
        ours = made(day, times, pool, options.large_seconds, options.seed, options.price)
    mine = judged(day, ours.orders, "Judging ours")
    with console.status("travel times from home by SciPy"):
        from_home_s = travel_s(day, day.homes, np.arange(len(day.candidates)))
    owner = baseline.owners(from_home_s)
    theirs = judged(
        day, baseline.rounds(day, owner, LARGE_PEER_S, options.seed), "Judging the peer"
    )
    table = _table(f"{options.agents} agents × {len(day.candidates):,} cases")
    _row(table, f"flow + PyVRP {LARGE_PEER_S} s each", theirs, theirs, "")
    _row(table, f"ours, {ours.total_s:.0f} s end to end", mine, theirs, f"{ours.moved}")
    return Figures(
        {
            "city500_s": round(ours.total_s, 1),
            "city500_score": round(mine.score / theirs.score, 4),
            "city500_travel": round(mine.travel_s / theirs.travel_s, 4),
            "peak_mb": round(ours.peak_mb),
        },
        table,
        {"city500_moved": ours.moved, "city500_steps_s": ours.seconds},
    )


def down(_streets: Streets, options: argparse.Namespace) -> Figures:
    """Agents who are down, of `benchmarks._city_down`; no figures where that is not there."""
    name = "benchmarks._city_down"
    if find_spec(name) is None:
        return Figures({})
    return Figures(importlib.import_module(name).figures(options.seed))


PARTS: dict[str, Callable[[Streets, argparse.Namespace], Figures]] = {
    "city50": city50,
    "city500": city500,
    "down": down,
}


def _table(title: str) -> Table:
    return Table(
        title, "score", "to the peer", "travel h", "to the peer", "stops", "change hands", box=None
    )


def _row(table: Table, name: str, its: Judged, peer: Judged, moved: str) -> None:
    table.add_row(
        name,
        f"{its.score:,.0f}",
        f"{its.score / peer.score:.4f}",
        f"{its.travel_s / 3600:,.1f}",
        f"{its.travel_s / peer.travel_s:.4f}",
        f"{its.stops:,}",
        moved,
    )


def chosen(text: str) -> list[str]:
    """The parts named in ``--only``. Raises for a name that none has."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"{name}; there are: {', '.join(PARTS)}")
    return names


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="roundsman bench city", description=__doc__.splitlines()[0] if __doc__ else None
    )
    add = parser.add_argument
    add("--seed", type=int, default=1)
    add("--json", action="store_true", help="only the line of JSON")
    add("--only", type=chosen, default=list(PARTS), help=f"parts, of {', '.join(PARTS)}")
    add("--city", default="demo", help="grid, demo, a place or a file of streets")
    add("--seconds", type=float, default=SMALL_S, help="for fifty agents, all steps together")
    add("--price", type=int, default=0, help="of a disturbed relation, in seconds of travel")
    add("--agents", type=int, default=LARGE, help="of the large city")
    add("--tiles", type=int, default=TILES, help="of the large city, along each side")
    add("--large-seconds", type=float, default=LARGE_S, help="for it, all steps together")
    return parser.parse_args(arguments)


def main() -> None:
    """``./roundsman bench city -- --seed 7 --json``."""
    options = options_of()
    with console.status("reading the streets"):
        streets = open_streets(options.city)
    keys: dict[str, float | None] = dict.fromkeys(KEYS)
    details: dict[str, Any] = {}
    for name in options.only:
        figures = PARTS[name](streets, options)
        keys |= figures.keys
        details |= figures.details
        if figures.table is not None and not options.json:
            Console(highlight=False).print(figures.table, "")
    told = {"bench": "city", "seed": options.seed, "city": options.city}
    print(json.dumps(told | keys | details))


if __name__ == "__main__":
    main()
