"""``./roundsman verify-audit``: check the audit trail's chains, or take the trail out."""

import asyncio
import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape

from identity.audit.verify import ChainReport, Head, verify_chains

DIFFERS = 1
NOT_CHECKED = 2
console = Console(highlight=False, soft_wrap=True)


def run(
    heads: Annotated[
        Path | None, typer.Option(help="Heads that were noted before: the chains must lead there.")
    ] = None,
    note_heads: Annotated[
        Path | None,
        typer.Option(help="Write the heads found to this file, for somebody outside to keep."),
    ] = None,
) -> None:
    """Tell what was removed, changed or put in another place since it was sealed.

    Ends with 0 when everything holds, 1 when something differs, 2 when it cannot be checked.
    """
    try:
        noted = read_heads(heads.read_text()) if heads else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        console.print(f"[red]✗[/] {escape(str(heads))} is no list of heads: {escape(str(error))}")
        raise typer.Exit(NOT_CHECKED) from None

    from cli.migrate import bring_up_to_date
    from cli.services import running_services

    with running_services():
        bring_up_to_date()
        found = asyncio.run(_verify(noted))
    for report in found:
        tell(report)
    if noted is None:
        console.print(
            "[yellow]![/] Whether a chain was cut off at its end or made anew shows only beside"
            " heads that somebody outside has kept: --note-heads, then --heads."
        )
    if any(report.faults for report in found):
        raise typer.Exit(DIFFERS)
    if note_heads:
        note_heads.write_text(heads_text(found))


def tell(report: ChainReport) -> None:
    """Print how a branch's chain was found."""
    mark = "[red]✗[/]" if report.faults else "[green]✓[/]"
    waiting = f", {report.unsealed:,} not yet sealed" if report.unsealed else ""
    console.print(
        f"{mark} {escape(report.branch)}: {report.events:,} events in {report.seals:,} seals"
        f"{waiting}"
    )
    for fault in report.faults:
        console.print(f"    [red]{escape(fault)}[/]")


def heads_text(found: list[ChainReport]) -> str:
    """The heads of chains, a line of JSON each."""
    return "".join(
        json.dumps({"branch_id": str(r.branch_id), "no": r.head.no, "hash": r.head.hash.hex()})
        + "\n"
        for r in found
    )


def read_heads(text: str) -> dict[UUID, Head]:
    """What `heads_text` wrote. Raises `ValueError`, `KeyError` or `TypeError`."""
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    return {
        UUID(line["branch_id"]): Head(int(line["no"]), bytes.fromhex(line["hash"]))
        for line in lines
    }


async def _verify(noted: dict[UUID, Head] | None) -> list[ChainReport]:
    from core.settings import settings
    from data.session import EVERYTHING, Database

    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url, pool_size=2)
    try:
        async with database.transaction(EVERYTHING, read_only=True) as session:
            return await verify_chains(session, noted)
    finally:
        await database.close()
