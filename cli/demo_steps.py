"""Preparing a demonstration: streets, people, cases and rounds, each only where it is missing."""

import json
import time
from asyncio import Runner
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress

from cli import state, streets
from core.clock import Clock, local_day
from core.settings import settings
from data.session import EVERYTHING, Database
from demo.orders import AgentOrders, Orders
from demo.portfolio import PASSWORD, ZONE, Portfolio
from demo.set_up import (
    Office,
    branch_places,
    employ,
    enroll,
    is_enrolled,
    open_branches,
    open_counters,
)
from streets.demo_city import NAME as CITY
from streets.graph import StreetGraph
from streets.network import DEMO
from streets.store import NetworkInfo, graph_file, networks

ANSWER_S = 60.0
console = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Tell on one line what is being done, and how long it took."""
    began = time.monotonic()
    with console.status(what) if console.is_terminal else nullcontext():
        yield
    console.print(f"[green]✓[/] {what} ({time.monotonic() - began:.1f} s)")


def demo_streets(runner: Runner, database: Database) -> tuple[StreetGraph, Path]:
    """The demo city's graph and its file, built and published when the database has none."""
    known = runner.run(_network(database))
    if known is None:
        with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
            graph, areas = streets.build(DEMO, bar)
        runner.run(streets.put_to_use(graph, areas, DEMO))
        known = runner.run(_network(database))
        assert known is not None
    path = state.prepare() / "streets" / f"{known.graph_hash}.npz"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        unfinished = path.with_suffix(".demo.part")
        unfinished.write_bytes(runner.run(_graph_file(database, known)))
        unfinished.replace(path)
    return StreetGraph.load(path), path


async def _network(database: Database) -> NetworkInfo | None:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return next((n for n in await networks(session) if n.name == CITY), None)


async def _graph_file(database: Database, known: NetworkInfo) -> bytes:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        content = await graph_file(session, known.id)
        assert content is not None, "just seen"
        return content


@contextmanager
def office_of(url: str) -> Iterator[Office]:
    """The people at their desks, connected to the API at `url`."""
    with httpx.Client(base_url=url, timeout=ANSWER_S) as http:
        yield Office(http)


@dataclass(frozen=True, slots=True)
class People:
    """The agents' ids and the keys of their phones, by user name."""

    ids: dict[str, str]
    keys: dict[str, str]


def prepare_people(office: Office, what: Portfolio, folder: Path) -> People:
    """Branches, staff and phones; those of a former run, while their phones are known here."""
    file = folder / "people.json"
    if file.exists():
        former = People(**json.loads(file.read_text()))
        if all(is_enrolled(office, key) for key in former.keys.values()):
            return former
    open_branches(office)
    open_counters(office)
    people = People(employ(office, what.agents), enroll(office, what.agents))
    state.write_private(file, json.dumps(asdict(people)))
    return people


def orders(
    office: Office, what: Portfolio, people: People, clock: Clock, seed: int, graph: Path,
    folder: Path,
) -> Orders:  # fmt: skip
    """What the phones are told."""
    places = branch_places(office)
    return Orders(
        url=str(office.http.base_url),
        clock=clock,
        day=local_day(clock.now(), ZONE),
        seed=seed,
        graph=graph,
        report=folder / "report.json",
        password=PASSWORD,
        agents=tuple(
            AgentOrders(
                agent.username, people.keys[agent.username], agent.home, places[agent.branch_code]
            )
            for agent in what.agents
        ),
        cash_desks=tuple(f"cashdesk.{code.lower()}" for code in sorted(places)),
    )


def base_url(port: int) -> str:
    """Where the API answers."""
    return f"http://{settings().host}:{port}"
