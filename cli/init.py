"""``./roundsman init``: the first branch and the first administrator of a new installation."""

import asyncio
from typing import Annotated

import typer

from cli.configured import services
from cli.serve import refuse_demonstration
from core.settings import settings
from data.installation import clock_of
from data.session import EVERYTHING, Database
from identity.enroll import NewBranch, NewStaff, employ, open_branch
from identity.policies.set_policy import set_policy
from identity.principal import Role

PLAN_ROUNDS_AT = "06:00"
"""When a new lender's rounds are planned, until somebody sets the policy to another time."""


async def set_up(branch: NewBranch, username: str, full_name: str, password: str) -> None:
    """Open the root branch and employ its administrator. Raises `NameTaken` when done before."""
    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url)
    try:
        async with database.transaction(EVERYTHING) as session:
            await open_branch(session, branch)
            admin = NewStaff(branch.code, Role.ADMIN, full_name, username, password)
            await employ(session, admin)
            now = (await clock_of(database)).now()
            await set_policy(session, branch.code, "plan_rounds_at", PLAN_ROUNDS_AT, None, now)
    finally:
        await database.close()


def run(
    name: Annotated[str, typer.Option(help="The lender's or head office's name.", prompt=True)],
    zone: Annotated[str, typer.Option(help="Time zone, e.g. Asia/Kolkata.", prompt=True)],
    country: Annotated[str, typer.Option(help="Two letters, e.g. IN.", prompt=True)],
    currency: Annotated[str, typer.Option(help="Three letters, e.g. INR.", prompt=True)],
    username: Annotated[str, typer.Option(help="The administrator's user name.", prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    code: Annotated[str, typer.Option(help="The head office's branch code.")] = "HO",
    full_name: Annotated[str, typer.Option(help="The administrator's name.")] = "Administrator",
) -> None:
    """Open the head office and employ its administrator, who can then do the rest."""
    head = NewBranch(code, name, zone, country.upper(), currency.upper(), None, None)
    with services():
        asyncio.run(refuse_demonstration())
        asyncio.run(set_up(head, username, full_name, password))
    print(f"Done. Start with `./roundsman serve` and sign in as {username}.")
