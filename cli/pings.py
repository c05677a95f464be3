"""``./roundsman pings``: archive and remove old pings, bring them back, say what is where."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.configured import configured_database, progress_bar, services
from core.errors import InvalidField
from core.said import say
from core.settings import settings
from data.session import EVERYTHING
from identity.store import branch_by_code
from tracking.retention.restore import Restored, restore
from tracking.retention.retain import Retained, plans, retain
from tracking.retention.status import DayStatus, Status, status

SOME_STAYED = 2
DAY = ["%Y-%m-%d"]

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.command("archive")
def run_archive(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Archive and remove what is older than its branch keeps it; the worker does it every night.

    Ends with 2 when pings had to stay that should have gone.
    """
    with services():
        if dry_run:
            asyncio.run(_tell_plans())
            return
        with progress_bar(console, "Looking for old pings") as told:
            done = asyncio.run(_retain(lambda what: told(what, None)))
    tell_retained(done)
    if done.faults or done.postponed:
        raise typer.Exit(SOME_STAYED)


@app.command("restore")
def run_restore(
    since: Annotated[datetime, typer.Option("--from", formats=DAY, help="The first UTC day.")],
    until: Annotated[datetime, typer.Option("--to", formats=DAY, help="The last UTC day.")],
    branch: Annotated[str | None, typer.Option(help="Only this branch's, by its code.")] = None,
    keep_days: Annotated[
        int, typer.Option(min=1, max=3650, help="How long retention leaves them alone.")
    ] = 7,
) -> None:
    """Bring archived pings back into the database as they were. Twice is once."""
    if until < since:
        raise InvalidField("--to", say("a day from {since:%Y-%m-%d} on", since=since))
    with services(), progress_bar(console, "Looking into the archive") as told:
        restored = asyncio.run(_restore(since.date(), until.date(), branch, keep_days, told))
    pings = sum(one.archived.pings for one in restored)
    added = sum(one.added for one in restored)
    console.print(
        f"{added:,} of {pings:,} archived pings were missing and are back;"
        f" retention leaves them alone until {restored[0].keep_until:%Y-%m-%d %H:%M} UTC."
    )


@app.command("status")
def run_status() -> None:
    """List the days in the database and in the archive, and how long each branch keeps pings."""
    with services():
        tell_status(asyncio.run(_status()))


def tell_retained(done: Retained) -> None:
    """Print what a run of retention has done, and what had to stay."""
    for day, leaving in done.left:
        how = "archived and removed" if leaving.branch.archives else "removed"
        console.print(f"{day} {leaving.branch.code}: {leaving.pings:,} pings {how}")
    for fault in done.faults:
        console.print(f"[red]{fault.day} {fault.branch.code} stays:[/] {escape(fault.reason)}")
    for day in done.postponed:
        console.print(f"{day} stays for now: its pings were in use; try again")
    pings = sum(leaving.pings for _, leaving in done.left)
    console.print(
        f"{pings:,} pings left the database (partitions dropped: {len(done.dropped)}),"
        f" and {done.quarantined:,} messages left the quarantine."
    )


def tell_status(found: Status) -> None:
    """Print what there is of each day, and the rules."""
    codes = {branch.branch_id: branch.code for branch in found.branches}
    days = Table(title="Pings by day (UTC)")
    for heading in ("Day", "In the database", "On disk", "Archived", "Restored until"):
        days.add_column(heading, justify="left" if heading == "Day" else "right")
    for one in found.days:
        held = (f"{codes.get(b, '?')} {at:%Y-%m-%d}" for b, at in one.held.items())
        days.add_row(str(one.day), *_in_database(one), _in_archive(one), ", ".join(held))
    console.print(days)
    rules = Table(title="Kept by branch")
    for heading in ("Branch", "Days", "Archived"):
        rules.add_column(heading)
    for branch in found.branches:
        rules.add_row(branch.code, str(branch.retention_days), "yes" if branch.archives else "no")
    console.print(rules)
    console.print(f"The archive is {settings().archive_dir}.")


def _in_database(one: DayStatus) -> tuple[str, str]:
    if one.partition is None:
        return "", ""
    pings = "not counted yet" if one.partition.pings is None else f"about {one.partition.pings:,}"
    return pings, f"{one.partition.size_bytes / 1e6:,.1f} MB"


def _in_archive(one: DayStatus) -> str:
    if not one.archived:
        return ""
    pings = sum(a.pings for a in one.archived)
    branches = len(one.archived)
    return f"{pings:,} of {branches} {'branch' if branches == 1 else 'branches'}"


async def _tell_plans() -> None:
    pings = 0
    async with configured_database() as (database, now):
        async for plan in plans(database, now):
            for leaving in plan.leaving:
                pings += leaving.pings
                how = "archived and removed" if leaving.branch.archives else "removed"
                console.print(
                    f"{plan.day} {leaving.branch.code}: {leaving.pings:,} pings would be {how}"
                )
            if plan.drops:
                console.print(f"{plan.day}: the partition would be dropped")
    console.print(f"{pings:,} pings would leave the database. Nothing was changed.")


async def _retain(told: Callable[[str], None]) -> Retained:
    async with configured_database() as (database, now):
        return await retain(database, settings().archive_dir, now, told=told)


async def _restore(
    since: date,
    until: date,
    code: str | None,
    keep_days: int,
    told: Callable[[str, float], None],
) -> Sequence[Restored]:
    async with configured_database() as (database, now):
        branch_id = None
        if code is not None:
            async with database.transaction(EVERYTHING, read_only=True) as session:
                branch = await branch_by_code(session, code)
            branch_id = branch.id
        keep_until = now + timedelta(days=keep_days)
        return await restore(
            database, settings().archive_dir, since, until, keep_until, now,
            branch_id=branch_id, told=told,
        )  # fmt: skip


async def _status() -> Status:
    async with (
        configured_database() as (database, now),
        database.transaction(EVERYTHING, read_only=True) as session,
    ):
        return await status(session, now)
