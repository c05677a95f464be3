"""``./roundsman demo``: an invented lender's working day on real streets, live."""

import json
import os
import sys
import time
from asyncio import Runner
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel
from rich.table import Table

from cli import demo_database, interrupts, ports, state
from cli.demo_steps import (
    base_url,
    console,
    demo_streets,
    office_of,
    orders,
    prepare_people,
    step,
)
from cli.errors import PortTaken
from cli.migrate import bring_up_to_date
from cli.processes import Child, Running, supervised
from cli.serve import api_child, worker_child
from cli.services import running_services
from core.clock import Clock, local_day
from core.settings import settings
from data.installation import set_demo_clock
from data.session import Database
from demo.centers import centers_of
from demo.orders import Orders, Report
from demo.portfolio import PASSWORD, PRODUCTS, ZONE, portfolio
from demo.set_up import (
    decide_what_comes_next,
    form_centers,
    import_demands,
    name_products,
    plan_day,
)

INTERRUPTED = 130
SET_CLOCK_EVERY_S = 2.0
SETTLED_WITHIN_S = 30.0
SIGN_INS = (
    ("supervisor", "sees both branches on the live map"),
    ("supervisor.ls", "supervisor of La Serena"),
    ("manager", "allocates cases, stands in for absent agents"),
    ("cashdesk.ls", "counts the cash that agents bring in"),
    ("leader", "opens the dashboards: figures of all branches"),
    ("agent01", "an agent, in the agents' app"),
    ("admin", "people, branches, phones"),
)


@dataclass(slots=True)
class Stage:
    """What a demonstration runs on, and how far it has come.

    `told`, `time_is_up` and `outcome` are set when a part was gone through to its end: an
    interrupt leaves the blocks that run processes quietly.
    """

    runner: Runner
    database: Database
    folder: Path
    port: int
    seed: int
    told: Orders | None = None
    time_is_up: bool = False
    outcome: demo_database.Outcome | None = None

    @property
    def url(self) -> str:
        return base_url(self.port)


def run(
    speed: Annotated[float, typer.Option(min=1, max=240, help="Times as fast as life.")] = 30,
    minutes: Annotated[
        float | None, typer.Option(min=0.05, help="End after so many real minutes.")
    ] = None,
    headless: Annotated[bool, typer.Option("--headless", help="For scripts: no panel.")] = False,
    seed: Annotated[int, typer.Option(help="Another one: other people, another day.")] = 1,
    port: Annotated[int | None, typer.Option(help="Where to listen.")] = None,
) -> None:
    """Set up what is missing, then play; the last line is the day's figures as JSON."""
    at = port or settings().port
    if not ports.is_free(at):
        raise PortTaken(at)
    with interrupts.raised(), running_services(), Runner() as runner:
        database = Database(str(settings().database_url), pool_size=4)
        try:
            folder = state.prepare() / "demo"
            folder.mkdir(mode=0o700, exist_ok=True)
            code = _play(Stage(runner, database, folder, at, seed), speed, minutes, headless)
        finally:
            runner.run(database.close())
    raise typer.Exit(code)


def _play(stage: Stage, speed: float, minutes: float | None, headless: bool) -> int:
    # Messages to its customers are kept and not sent; its bank is a pretended one.
    os.environ.setdefault("ROUNDSMAN_MESSAGE_URL", "record")
    os.environ.setdefault("ROUNDSMAN_MAIL_URL", "record")
    os.environ.setdefault("ROUNDSMAN_GATEWAY_URL", "fake")
    with step("Database"):
        bring_up_to_date()
        begins_at = stage.runner.run(demo_database.time_to_begin(stage.database))
    _prepare(stage, begins_at)
    if stage.told is None:
        return INTERRUPTED
    _work_the_day(stage, stage.told, begins_at, speed, minutes, headless)
    if stage.outcome is None:
        return INTERRUPTED
    for contradiction in stage.outcome.contradictions:
        print(contradiction, file=sys.stderr)
    print(json.dumps(stage.outcome.figures), flush=True)
    return 1 if stage.outcome.contradictions else 0


def _prepare(stage: Stage, begins_at: datetime) -> None:
    """Have everything there, with the clock standing still.

    A process reads the clock once, as it starts, so those of the day are others than these. These
    listen where nobody looks: the day's port opens once, when all is there, and stays open.
    """
    with step("Streets of La Serena and Coquimbo"):
        graph, graph_path = demo_streets(stage.runner, stage.database)
    clock = stage.runner.run(set_demo_clock(stage.database, begins_at, demo_database.STANDS_STILL))
    stage.runner.run(demo_database.head_office(stage.database))
    aside = ports.free_port()
    with supervised(state.prepare() / "logs") as running, office_of(base_url(aside)) as office:
        with step("People and phones"):
            running.start(worker_child(stage.port))
            running.start(api_child(aside))
            today = local_day(begins_at, ZONE)
            what = portfolio(graph, today, stage.seed)
            people = prepare_people(office, what, stage.folder)
        if not stage.runner.run(demo_database.count_cases(stage.database)):
            with step(f"A demand file of {what.cases} cases"):
                name_products(office, PRODUCTS)
                import_demands(office, what.demand_file, today)
        with step(f"Rounds for {demo_database.local_time(begins_at)}"):
            form_centers(office, centers_of(what.rows), today)
            plan_day(office, what.agents, people.ids, today)
            decide_what_comes_next(office, today, people.ids[what.agents[-1].username])
        stage.told = orders(office, what, people, clock, stage.seed, graph_path, stage.folder)


def _work_the_day(
    stage: Stage,
    told: Orders,
    begins_at: datetime,
    speed: float,
    minutes: float | None,
    headless: bool,
) -> None:
    """Let the clock run and the phones work; then what it came to."""
    with supervised(state.prepare() / "logs") as running:
        with step("API and worker"):
            # The morning begins now, and not before all was prepared.
            clock = stage.runner.run(set_demo_clock(stage.database, begins_at, speed))
            running.start(worker_child(stage.port))
            running.start(api_child(stage.port))
        watch = _Watch(stage, running, clock)
        _let_phones_work(stage, replace(told, url=stage.url, clock=clock), watch, minutes, headless)
        watch.until(lambda: stage.runner.run(demo_database.is_settled(stage.database)))
        report = Report.read(told.report)
        assert report is not None, "the phones write it first of all"
        stage.outcome = stage.runner.run(
            demo_database.outcome(stage.database, report, whole_run=stage.time_is_up)
        )
        stage.runner.run(demo_database.stop_clock(stage.database, clock.now()))


def _let_phones_work(
    stage: Stage, told: Orders, watch: "_Watch", minutes: float | None, headless: bool
) -> None:
    """Run the phones for so long, or until interrupted."""
    path = stage.folder / "orders.json"
    state.write_private(path, told.text())
    began = time.time()
    phones = Child(
        "phones",
        [sys.executable, "-m", "demo.phones", str(path)],
        ready=lambda: told.report.exists() and told.report.stat().st_mtime > began,
    )
    with supervised(state.prepare() / "logs") as running:
        running.start(phones)
        if not headless:
            console.print(_panel(stage.url, told.clock))
        watch.until(None, running, minutes)
        stage.time_is_up = True


class _Watch:
    """Looks after the processes, and keeps in the database how far the clock has come."""

    def __init__(self, stage: Stage, running: Running, clock: Clock) -> None:
        self._stage = stage
        self._running = running
        self._clock = clock

    def until(
        self,
        done: Callable[[], bool] | None,
        more: Running | None = None,
        minutes: float | None = SETTLED_WITHIN_S / 60,
    ) -> None:
        """Return when `done` says so or after `minutes`. Raises ChildDied."""
        deadline = None if minutes is None else time.monotonic() + minutes * 60
        set_at = 0.0
        while (deadline is None or time.monotonic() < deadline) and not (done and done()):
            for running in filter(None, (self._running, more)):
                running.check()
            if time.monotonic() - set_at > SET_CLOCK_EVERY_S:
                set_at = time.monotonic()
                self._stage.runner.run(
                    set_demo_clock(self._stage.database, self._clock.now(), self._clock.rate)
                )
            time.sleep(0.1)


def _panel(url: str, clock: Clock) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_row("Live map", f"[bold]{url}/live[/]")
    table.add_row("Password", f"[bold]{PASSWORD}[/] for everybody")
    for username, what in SIGN_INS:
        table.add_row(username, what)
    now = demo_database.local_time(clock.now())
    table.add_row("Clock", f"{now}, {clock.rate:g} times as fast as life; stop with Ctrl-C")
    return Panel(table, title="Roundsman", expand=False)
