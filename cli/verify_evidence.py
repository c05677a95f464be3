"""``./roundsman verify-evidence``: check evidence packs, or the chains in the database.

Packs are checked without a database, so that it can be done anywhere and by anybody.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from geofence.evidence.pack_check import NotAPack, NotedHeads, check_pack, read_heads

DIFFERS = 1
NOT_CHECKED = 2
console = Console(highlight=False, soft_wrap=True)


def run(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="Evidence packs, as exported.")
    ] = None,
    heads: Annotated[
        Path | None, typer.Option(help="A list of heads that was kept: the packs must lead to it.")
    ] = None,
    database: Annotated[
        bool, typer.Option("--database", help="Check all chains in the database instead.")
    ] = False,
) -> None:
    """Tell what an evidence pack proves, or the first thing in it that differs.

    Ends with 0 when everything holds, 1 when something differs, 2 when something cannot be checked.
    """
    if database == bool(files) or (database and heads):
        raise typer.BadParameter("give evidence packs, or --database alone")
    if database:
        worst = _check_database()
    else:
        noted, worst = _noted(heads)
        if not worst:
            worst = max(_check_file(file, noted) for file in files or [])
    if worst:
        raise typer.Exit(worst)


def _check_file(file: Path, noted: NotedHeads | None) -> int:
    console.print(f"[bold]{escape(str(file))}[/]")
    try:
        report = check_pack(file.read_bytes(), noted)
    except (NotAPack, OSError) as error:
        _say_not_checked(error)
        return NOT_CHECKED
    console.print(f"  {escape(report.title)}")
    for held in report.holds:
        console.print(f"  [green]✓[/] {escape(held)}")
    if report.fault:
        console.print(f"  [red]✗[/] {escape(report.fault)}")
        console.print("  [red]Do not rely on this file.[/]")
        return DIFFERS
    if noted is None:
        console.print(
            "  [yellow]![/] Whether the chain itself was made anew shows only beside a list of"
            " heads that somebody outside has kept: --heads FILE."
        )
    return 0


def _noted(heads: Path | None) -> tuple[NotedHeads | None, int]:
    if heads is None:
        return None, 0
    try:
        return read_heads(heads.read_bytes()), 0
    except (NotAPack, OSError) as error:
        console.print(f"[bold]{escape(str(heads))}[/]")
        _say_not_checked(error)
        return None, NOT_CHECKED


def _say_not_checked(error: NotAPack | OSError) -> None:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    console.print(f"  [red]✗[/] It cannot be checked: {escape(reason or 'it cannot be read')}.")


def _check_database() -> int:
    import asyncio

    from cli.migrate import bring_up_to_date
    from cli.services import running_services

    with running_services():
        bring_up_to_date()
        return asyncio.run(_audit())


async def _audit() -> int:
    from core.settings import settings
    from data.session import EVERYTHING, Database
    from geofence.attachments.look_through import look_through
    from geofence.evidence.audit import audit_chains

    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url, pool_size=6)
    try:
        async with database.transaction(EVERYTHING, read_only=True) as session:
            found = await audit_chains(session)
            whole, lost = await look_through(session, settings().attachment_dir)
    finally:
        await database.close()
    for chain in found:
        if chain.fault:
            console.print(f"[red]✗[/] Agent {chain.agent_id}: {escape(chain.fault)}")
    for error in lost:
        console.print(f"[red]✗[/] Attachment {error.id}: {escape(error.reason)}")
    faults = sum(chain.fault is not None for chain in found)
    records = sum(chain.records for chain in found)
    console.print(f"{records:,} records hold; {faults:,} of {len(found):,} chains do not.")
    console.print(f"{whole:,} attachments have their files; {len(lost):,} have not.")
    return DIFFERS if faults or lost else 0
