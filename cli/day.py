"""``./roundsman day begin`` and ``day end``: what the worker does at midnight, by hand.

Each step does what is left to do: broken off and run again, it goes on where it was.
"""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from cli.configured import configured_database, services
from collection.figures.days.end_days import count_again, end_days
from collection.portfolio.day.begin_days import begin_days

console = Console(highlight=False)
app = typer.Typer(no_args_is_help=True)

Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Also older days from this one on, with what flowed."),
]


@app.command()
def end(since: Since = None) -> None:
    """End the days that are over: keep their figures, and count late facts."""
    with services():
        asyncio.run(_end(since))


@app.command()
def begin() -> None:
    """End the days that are over, then begin today in each branch where it has not begun."""
    with services():
        asyncio.run(_end(None))
        asyncio.run(_begin())


async def _end(since: datetime | None) -> None:
    async with configured_database() as (database, now):
        ended = await end_days(database, now, since.date() if since else None)
        again = await count_again(database, now)
    console.print(f"{len(ended):,} days ended, {again:,} counted again.")


async def _begin() -> None:
    async with configured_database() as (database, now):
        begun = await begin_days(database, now)
    console.print(f"The day has begun in {len(begun):,} branches.")
