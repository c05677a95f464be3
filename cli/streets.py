"""``./roundsman streets``: build street networks and put them to use, list them, remove one."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli import state
from cli.configured import configured_database, services
from data.session import EVERYTHING, Session
from identity.store import branches
from streets.cover import CITY_WITHIN_M, covering
from streets.graph import StreetGraph
from streets.land import Area
from streets.profile import Profile, words
from streets.publish import publish
from streets.remove import remove
from streets.store import networks

Made = TypeVar("Made")


def build(source: str, progress: Progress) -> tuple[StreetGraph, list[Area]]:
    """The network and the areas of the basemap, told of on a progress bar."""
    from streets.basemap import basemap
    from streets.network import build as build_graph

    cache = state.prepare() / "streets"
    cache.mkdir(exist_ok=True)
    task = progress.add_task(f"Streets of {source}", total=1.0)
    graph = build_graph(
        source, cache, lambda step, done: progress.update(task, description=step, completed=done)
    )
    progress.update(task, description="Land and water", completed=0.95)
    areas = basemap(source, graph, cache)
    progress.update(task, description=f"Streets of {graph.name}", completed=1.0)
    return graph, areas


async def in_database(act: Callable[[Session], Awaitable[Made]]) -> Made:
    """Act in one transaction of the configured database."""
    async with (
        configured_database() as (database, _),
        database.transaction(EVERYTHING) as session,
    ):
        return await act(session)


async def put_to_use(graph: StreetGraph, areas: list[Area], source: str) -> bool:
    """Publish a network in the configured database; whether it is new there."""
    return await in_database(
        lambda session: publish(session, graph, areas, source, datetime.now(UTC))
    )


async def listing(session: Session) -> list[tuple[str, ...]]:
    """The networks in use with the branches that work in them, as rows of a table."""
    known = await networks(session)
    here: dict[str, list[str]] = defaultdict(list)
    for branch in await branches(session) if known else ():
        info, away_m = covering(known, branch.location)
        if away_m <= CITY_WITHIN_M:
            here[info.name].append(branch.code)
    return [
        (
            info.name,
            f"{info.length_km:,.0f}",
            f"{info.built_at:%Y-%m-%d %H:%M}",
            info.source,
            ", ".join(here[info.name]) or "none",
        )
        for info in known
    ]


def run(
    source: Annotated[
        str | None,
        typer.Argument(help="A place name, FILE.osm.pbf, FILE.osm, FILE.graphml, or `demo`."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="What to call the city; a network of that name is replaced."),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the cities in use and their branches.")
    ] = False,
    remove_: Annotated[
        str | None, typer.Option("--remove", metavar="NAME", help="Take a city out of use.")
    ] = None,
) -> None:
    """Build the street network of a city; rounds and the map use it from then on.

    Nothing needs to be restarted: what runs takes the new network for its next plan. Several
    cities may be in use; each branch works in the one around it.
    """
    if sum([source is not None, list_, remove_ is not None]) != 1:
        raise typer.BadParameter("give one of SOURCE, --list and --remove NAME")
    began = time.monotonic()
    with services():
        if list_:
            _print_table(asyncio.run(in_database(listing)))
        elif remove_ is not None:
            asyncio.run(in_database(lambda session: remove(session, remove_)))
            print(f"{remove_}: no longer in use.")
        elif source is not None:
            _print_built(*_built_and_published(source, name), time.monotonic() - began)


def _built_and_published(source: str, name: str | None) -> tuple[StreetGraph, bool]:
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console()
    )
    with bar:
        graph, areas = build(source, bar)
    if name:
        graph = replace(graph, name=name)
    return graph, asyncio.run(put_to_use(graph, areas, source))


def _print_built(graph: StreetGraph, is_new: bool, seconds: float) -> None:
    print(
        f"{graph.name}: {graph.length_km:,.0f} km of streets, {graph.node_count:,} crossings,"
        f" {'in use now' if is_new else 'in use already'} ({seconds:.0f} s)."
    )
    for profile in Profile:
        km = float(graph.edge_length_m[graph.once & graph.open_to(profile)].sum()) / 1000
        print(f"  {words(profile)}: {km:,.0f} km")
    if graph.dropped_nodes:
        print(
            f"  left out: {graph.dropped_km:,.1f} km that nobody can get to and back from"
            f" ({graph.dropped_nodes:,} of {graph.source_nodes:,} points)"
        )


def _print_table(lines: list[tuple[str, ...]]) -> None:
    if not lines:
        print("No city is in use. Load one: ./roundsman streets PLACE")
        return
    table = Table("City", "km", "built (UTC)", "from", "branches", box=None)
    for line in lines:
        table.add_row(*line)
    Console().print(table)
