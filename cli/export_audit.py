"""``./roundsman export-audit``: the audit trail as a file."""

import asyncio
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO
from uuid import UUID

import typer

from identity.audit.export import csv_header, csv_line, json_line

AT_ONCE = 5_000


class Format(StrEnum):
    """How an event is written."""

    JSONL = "jsonl"
    CSV = "csv"


def run(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output if none.")] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="A line of which kind.")
    ] = Format.JSONL,
    since: Annotated[
        datetime | None, typer.Option(help="Events from this time on, in UTC.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(help="Events before this time, in UTC.")] = None,
) -> None:
    """Write the events of all branches, the newest first."""
    from cli.migrate import bring_up_to_date
    from cli.services import running_services

    with running_services():
        bring_up_to_date()
        if file is None:
            asyncio.run(_write(sys.stdout, format_, since, until))
            return
        with file.open("w", encoding="utf-8", newline="") as out:
            asyncio.run(_write(out, format_, since, until))


async def _write(
    out: TextIO, format_: Format, since: datetime | None, until: datetime | None
) -> None:
    from core.settings import settings
    from data.session import EVERYTHING, Database
    from identity.audit import store

    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url, pool_size=2)
    wanted = store.Wanted(since and since.replace(tzinfo=UTC), until and until.replace(tzinfo=UTC))
    line_of = csv_line if format_ is Format.CSV else json_line
    if format_ is Format.CSV:
        out.write(csv_header())
    after: UUID | None = None
    try:
        while True:
            async with database.transaction(EVERYTHING, read_only=True) as session:
                found = await store.listed(session, wanted, after=after, limit=AT_ONCE)
            out.writelines(line_of(line) for line in found)
            if len(found) < AT_ONCE:
                return
            after = found[-1].event.id
    finally:
        await database.close()
