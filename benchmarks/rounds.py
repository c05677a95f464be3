"""How good rounds are and how soon they are there, beside other planners on the same days.

Five parts: one agent's round as a share of the best that anybody finds; days with cash to hand in;
vehicle routing and team orienteering; a round planned again after something happens; a branch's
morning from the database to published rounds. All planners have one thread. Rounds are judged by
the benchmark itself; it fails when one of ours breaks a rule or no work was done. Ends with one
line of JSON.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks._fleet_instances import Instance, read_folder
from benchmarks._round_part import Figures, Streets, console, open_streets

KEYS = (
    "net_pct_100ms",
    "net_pct_500ms",
    "gap_ratio_100ms",
    "deposit_wins",
    "deposit_ratio",
    "vrptw_ratio",
    "toptw_ratio",
    "replan_ms",
    "churn",
    "branch_50_s",
)
"""All figures; a part that was left out has none."""


def net(streets: Streets, options: argparse.Namespace) -> Figures:
    """One agent's round."""
    from benchmarks._round_net import net_figures

    return net_figures(streets, options.seed, options.days, options.cases, options.best_seconds)


def deposits(streets: Streets, options: argparse.Namespace) -> Figures:
    """Days with cash to hand in."""
    from benchmarks._round_deposits import deposit_figures

    return deposit_figures(streets, options.seed, options.deposit_days, options.cases)


def fleets(_streets: Streets, options: argparse.Namespace) -> Figures:
    """Vehicle routing and team orienteering."""
    from benchmarks._round_fleets import fleet_figures

    return fleet_figures(options.seed, options.instances)


def replans(streets: Streets, options: argparse.Namespace) -> Figures:
    """Rounds planned again."""
    from benchmarks._round_replans import replan_figures

    return replan_figures(streets, options.seed, options.events, options.cases)


def branch(streets: Streets, options: argparse.Namespace) -> Figures:
    """A branch's morning."""
    from benchmarks._round_branch import branch_figures

    return branch_figures(streets, options.seed, options.agents, options.cases)


PARTS: dict[str, Callable[[Streets, argparse.Namespace], Figures]] = {
    "net": net,
    "deposit": deposits,
    "fleet": fleets,
    "replan": replans,
    "branch": branch,
}


def chosen(text: str) -> list[str]:
    """The parts named in ``--only``. Raises for a name that none has."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"{name}; there are: {', '.join(PARTS)}")
    return names


def instances_in(folder: str) -> list[Instance]:
    """The instances that ``--instances`` names. Raises when they cannot be read."""
    try:
        return read_folder(Path(folder))
    except (ValueError, OSError) as reason:
        raise argparse.ArgumentTypeError(str(reason)) from reason


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="roundsman bench rounds", description=__doc__.splitlines()[0] if __doc__ else None
    )
    add = parser.add_argument
    add("--seed", type=int, default=1)
    add("--json", action="store_true", help="only the line of JSON")
    add("--only", type=chosen, default=list(PARTS), help=f"parts, of {', '.join(PARTS)}")
    add("--city", default="demo", help="grid, demo, a place or a file of streets")
    add("--cases", type=int, default=50, help="of an agent")
    add("--days", type=int, default=20, help="field days of the first part")
    add("--best-seconds", type=float, default=15, help="each engine's search for the best")
    add("--deposit-days", type=int, default=30)
    add("--instances", type=instances_in, help="a folder of instances in Solomon's format")
    add("--events", type=int, default=54)
    add("--agents", type=int, default=50, help="of the branch")
    return parser.parse_args(arguments)


def main() -> None:
    """``./roundsman bench rounds -- --seed 7 --json``."""
    options = options_of()
    with console.status("reading the streets"):
        streets = open_streets(options.city)
    keys: dict[str, float | None] = dict.fromkeys(KEYS)
    details: dict[str, Any] = {}
    for name in options.only:
        figures = PARTS[name](streets, options)
        keys |= figures.keys
        details |= figures.details
        if not options.json:
            for table in figures.tables:
                Console(highlight=False).print(table, "")
    told = {"bench": "rounds", "seed": options.seed, "city": options.city}
    print(json.dumps(told | keys | details))


if __name__ == "__main__":
    main()
