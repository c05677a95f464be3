"""``./roundsman streets SOURCE``: build a city's street network and put it to use."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli import state
from cli.migrate import bring_up_to_date
from cli.services import running_services
from core.settings import settings
from data.session import EVERYTHING, Database
from streets.graph import StreetGraph
from streets.land import Area
from streets.publish import publish


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


async def put_to_use(graph: StreetGraph, areas: list[Area], source: str) -> bool:
    """Publish a network in the configured database; whether it is new there."""
    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url)
    try:
        async with database.transaction(EVERYTHING) as session:
            return await publish(session, graph, areas, source, datetime.now(UTC))
    finally:
        await database.close()


def run(
    source: Annotated[
        str, typer.Argument(help="A place name, FILE.osm.pbf, FILE.osm, FILE.graphml, or `demo`.")
    ],
) -> None:
    """Build the street network of a city; rounds and the map use it from then on."""
    began = time.monotonic()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console()
    )
    with running_services():
        bring_up_to_date()
        with bar:
            graph, areas = build(source, bar)
        is_new = asyncio.run(put_to_use(graph, areas, source))
    print(
        f"{graph.name}: {graph.length_km:,.0f} km of streets, {graph.node_count:,} crossings,"
        f" {'in use now' if is_new else 'in use already'}"
        f" ({time.monotonic() - began:.0f} s)."
    )
