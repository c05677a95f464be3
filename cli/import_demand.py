"""``./roundsman import-demand FILE``: load a demand file."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.admin.demand_files import geocode_near
from cli.configured import services
from collection.portfolio.demand_dates import DateOrder
from collection.portfolio.import_demand import ImportReport, NewDemandFile, Told, import_demand
from collection.portfolio.store import head_office
from core.clock import local_day
from core.settings import settings
from data.installation import clock_of
from data.session import EVERYTHING, Database
from geofence.draw_fences import draw_fences
from identity.errors import BranchNotFound
from identity.store import branches
from routing.travel.cities import Cities

SHOWN = 50
SOME_ROWS_WERE_BAD = 2
console = Console(highlight=False)


async def load(
    path: Path, day: datetime | None, dates: DateOrder | None, told: Told
) -> ImportReport:
    """Load a file for the head office and all branches; figures are of `day`, or of today."""
    url = settings().database_url
    assert url is not None, "services are running"
    database = Database(url)
    cities = Cities(settings().state_dir / "streets")
    try:
        now = (await clock_of(database)).now()
        async with database.transaction(EVERYTHING) as session:
            head_id = await head_office(session)
            head = next((b for b in await branches(session) if b.id == head_id), None)
            if head is None:
                raise BranchNotFound("the head office; type ./roundsman init first")
            business_date = day.date() if day else local_day(now, head.zone)
            content = await asyncio.to_thread(path.read_bytes)
            file = NewDemandFile(content, path.name, business_date, dates=dates)
            geocode = await geocode_near(cities, session, head.location)
            report = await import_demand(session, head, file, now, geocode, told=told)
            await draw_fences(session, now)
            return report
    finally:
        await database.close()


def tell(report: ImportReport) -> None:
    """Print what became of a file: the bad cells with their lines, and what was loaded."""
    if report.problems:
        table = Table(title="Cells that could not be used")
        for heading in ("Line", "Column", "Value", "Expected", "Row"):
            table.add_column(heading, overflow="fold")
        for p in report.problems[:SHOWN]:
            kept = "kept without it" if p.row_kept else "left out"
            table.add_row(str(p.line), p.column, p.value, p.expected, kept)
        console.print(table)
        if len(report.problems) > SHOWN:
            console.print(f"… and {len(report.problems) - SHOWN} more")
    for one in report.unplaced[:SHOWN]:
        console.print(f"Line {one.line}: {one.address} is not on the map; pin it later")
    if len(report.unplaced) > SHOWN:
        console.print(f"… and {len(report.unplaced) - SHOWN} more addresses to pin")
    if report.already_imported:
        console.print(f"Imported before, as {report.file_name}; nothing was changed.")
    console.print(
        f"{report.rows_loaded:,} of {report.rows_read:,} rows loaded,"
        f" {report.total_due} due, for {report.business_date}."
    )


def run(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")],
    business_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that its figures are of [default: today]"),
    ] = None,
    dates: Annotated[
        DateOrder | None,
        typer.Option(
            help="What comes first in dates such as 05/03/2026, where no date makes it clear."
        ),
    ] = None,
) -> None:
    """Load a demand file. Good rows are loaded, bad ones are listed; the same file again is safe.

    Ends with 0 when all rows were loaded, 2 when some were bad, 1 when the file was rejected.
    """
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
    )
    with services(), bar:
        task = bar.add_task(file.name, total=1.0)
        report = asyncio.run(
            load(
                file,
                business_date,
                dates,
                lambda what, share: bar.update(task, description=what, completed=share),
            )
        )
        bar.update(task, description=file.name, completed=1.0)
    tell(report)
    if report.rows_loaded < report.rows_read:
        raise typer.Exit(SOME_ROWS_WERE_BAD)
