"""``./roundsman import-statement FILE``: take in a bank statement."""

import asyncio
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from cli.configured import services
from collection.portfolio.store import head_office
from collection.reconciliation.accounts import store as bank_accounts
from collection.reconciliation.accounts.keep_account import plain_number
from collection.reconciliation.errors import BankAccountNotFound
from collection.reconciliation.statements import store
from collection.reconciliation.statements.take_in import (
    NewFile,
    keep_file,
    match_file,
    take_in,
)
from core.money import Money
from core.settings import settings
from data.installation import clock_of
from data.session import EVERYTHING, Database, Session
from identity.errors import BranchNotFound

console = Console(highlight=False)


async def load(path: Path, account: str | None) -> tuple[dict[str, Any], bool]:
    """Take in a file for the head office: its report, and whether it was known before."""
    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url)
    try:
        now = (await clock_of(database)).now()
        async with database.transaction(EVERYTHING) as session:
            branch_id = await head_office(session)
            if branch_id is None:
                raise BranchNotFound("the head office; type ./roundsman init first")
            content = await asyncio.to_thread(path.read_bytes)
            account_id = await _account_id(session, account) if account else None
            kept = await keep_file(
                session, branch_id, NewFile(content, path.name, account_id), None, now
            )
            if isinstance(kept, store.FileView):
                return kept.report or {}, True
            with console.status("Reading"):
                await take_in(session, kept, now)
            with console.status("Matching"):
                await match_file(session, kept, now)
            file = await store.file(session, kept)
            assert file is not None, "it was just taken in"
            return file.report or {}, False
    finally:
        await database.close()


async def _account_id(session: Session, number: str) -> UUID:
    found = await bank_accounts.accounts(session)
    for one in found:
        if one.number == plain_number(number):
            return one.id
    raise BankAccountNotFound(number)


def tell(report: dict[str, Any]) -> None:
    """Print what became of each statement, and what was matched."""
    table = Table("Account", "From", "To", "Opening", "Closing", "Lines", "New", "")
    for one in report.get("statements", ()):
        opening, closing = (
            str(Money(one[name], one["currency"])) for name in ("opening_minor", "closing_minor")
        )
        table.add_row(
            one["account"], one["from_on"], one["to_on"], opening, closing,
            f"{one['lines_read']:,}", f"{one['lines_added']:,}",
            "days before it are missing" if one["gap_before"] else "",
        )  # fmt: skip
    console.print(table)
    console.print(
        f"{report.get('matched', 0):,} matched, {report.get('proposed', 0):,} proposed,"
        f" {report.get('choices', 0):,} to choose, {report.get('reopened', 0):,} taken back."
    )


def run(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CAMT.053, MT940, OFX or CSV.")
    ],
    account: Annotated[
        str | None, typer.Option(help="The account's number; for CSV, by its profile.")
    ] = None,
) -> None:
    """Take in a bank statement and match it. The same file again changes nothing.

    Ends with 1 when the file was refused; then nothing of it was kept.
    """
    with services():
        report, known = asyncio.run(load(file, account))
    if known:
        console.print("Taken in before; nothing was changed.")
    tell(report)
