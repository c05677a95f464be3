"""``./roundsman vouch``: vouch for a person where no other administrator is there to do it."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from cli.configured import configured_database, services
from data.session import EVERYTHING
from identity.openings.open_account import vouch_on_server

console = Console(highlight=False)


def run(
    username: Annotated[str, typer.Argument(help="What the person signs in with.")],
) -> None:
    """Let a person count as one of their own where two people are asked for.

    Another administrator does so on the page of people. This is for installations where everybody
    who could has a hand in the account; it goes on the audit trail as the server's doing.
    """
    with services():
        name = asyncio.run(_vouch(username.lower()))
    console.print(f"[green]✓[/] {escape(name)} counts as a person of their own from now on.")


async def _vouch(username: str) -> str:
    async with configured_database() as (database, now), database.transaction(EVERYTHING) as all_:
        return await vouch_on_server(all_, username, now)
