"""``./roundsman speeds``: learn how fast streets are from agents' trails; say what it is worth."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.configured import configured_database, progress_bar, services
from core.errors import InvalidField
from core.said import say
from core.settings import settings
from data.session import EVERYTHING
from routing.speeds.accuracy.report import Line, Report, report
from routing.speeds.accuracy.store import kept_legs
from routing.speeds.learn import LearnedDay, forget_network, learn
from routing.travel.cities import Cities

DAYS = 28
DAY = ["%Y-%m-%d"]

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.command("learn")
def run_learn() -> None:
    """Learn from all days that are over and were not learned from; the worker does it by itself."""
    with services(), progress_bar(console, "Looking for days to learn from") as told:
        days = asyncio.run(_learn(told))
    tell_learned(days)


@app.command("report")
def run_report(
    since: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="The first day.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="The last day, by default today.")
    ] = None,
    network: Annotated[str | None, typer.Option(help="Only this network's, by its name.")] = None,
    only_json: Annotated[bool, typer.Option("--json", help="Only the line of JSON.")] = False,
) -> None:
    """Print planned against actual travel times, by default speeds and as learned."""
    if since and until and until < since:
        raise InvalidField("--to", say("a day from {since:%Y-%m-%d} on", since=since))
    with services():
        found = asyncio.run(_report(since, until, network))
    if not only_json:
        tell_report(found)
    print(json.dumps(asdict(found), default=str))


@app.command("forget")
def run_forget(
    network: Annotated[str, typer.Argument(help="The network, by its name.")],
) -> None:
    """Forget all that was learned of a network: its streets are as fast as by default again."""
    with services():
        asyncio.run(_forget(network))
    console.print(f"Nothing is known of the speeds of {network} any more.")


def tell_learned(days: list[LearnedDay]) -> None:
    """Print what each day taught."""
    for one in days:
        console.print(
            f"{one.day} {one.network}: {one.rides:,} rides of {one.agents:,} agents,"
            f" {one.stretches:,} stretches of a minute, {one.legs:,} legs"
        )
    console.print(f"{len(days):,} days learned from.")


def tell_report(found: Report) -> None:
    """Print a report as a table."""
    table = Table(title=f"Planned against actual travel time, {found.since} to {found.until}")
    for heading in ("", "Legs", "km/h", "Error before", "after", "Bias before", "after"):
        table.add_column(heading, justify="right" if heading else "left")
    for line in [found.whole] if found.whole else []:
        _add(table, line)
    for lines in (found.by_hour, found.by_class):
        table.add_section()
        for line in lines:
            _add(table, line)
    console.print(table)
    console.print(
        f"{found.legs:,} legs were ridden; {found.judged:,} of them were foretold from earlier"
        " days. Error is the median of absolute errors."
    )


def _add(table: Table, line: Line) -> None:
    table.add_row(
        line.name, f"{line.legs:,}", f"{line.kmh}", f"{line.before.error_pct} %",
        f"{line.after.error_pct} %", f"{line.before.bias_pct:+} %", f"{line.after.bias_pct:+} %",
    )  # fmt: skip


async def _learn(told: Callable[[str, float], None]) -> list[LearnedDay]:
    async with configured_database() as (database, now):
        return await learn(database, Cities(settings().state_dir / "streets"), now, told=told)


async def _report(since: datetime | None, until: datetime | None, network: str | None) -> Report:
    async with (
        configured_database() as (database, now),
        database.transaction(EVERYTHING, read_only=True) as session,
    ):
        last = until.date() if until else now.date()
        first = since.date() if since else date.fromordinal(max(1, last.toordinal() - DAYS))
        return report(first, last, await kept_legs(session, first, last, network))


async def _forget(network: str) -> None:
    async with configured_database() as (database, _), database.transaction(EVERYTHING) as session:
        await forget_network(session, network)
