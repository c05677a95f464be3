"""``./roundsman export``: make the files that go out, save them, and take in what was answered."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.configured import configured_database, services
from collection.exports import store
from collection.exports.errors import ExportTargetNotFound
from collection.exports.file import file_name
from collection.exports.keep_target import open_target
from collection.exports.make_file import make_all_files
from collection.exports.record import TargetKind
from collection.exports.take_answers import take_answers
from core.ids import new_id
from data.session import EVERYTHING, Session

console = Console(highlight=False)
app = typer.Typer(no_args_is_help=True)

MOST_SAVED = 10_000


@app.command()
def add(
    code: Annotated[str, typer.Argument(help="Its files are called CODE-000001.csv.")],
    kind: Annotated[TargetKind, typer.Option(help="Whom it is for.")],
    branch: Annotated[str, typer.Option(help="The branch's code; all below it go along.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day.")],
) -> None:
    """Have files made each hour for a target."""
    with services():
        asyncio.run(_add(code, kind, branch, since))


@app.command()
def run(
    folder: Annotated[
        Path | None, typer.Option("--to", file_okay=False, help="Save all files here, too.")
    ] = None,
) -> None:
    """Make the files that are due. What is in the folder already is left as it is."""
    with services():
        asyncio.run(_run(folder))


@app.command()
def answers(
    code: Annotated[str, typer.Argument(help="The target that answered.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Take in a CSV of answers: file,line,state,reference,reason."""
    with services():
        asyncio.run(_answers(code, file))


async def _add(code: str, kind: TargetKind, branch: str, since: datetime) -> None:
    async with (
        configured_database() as (database, now),
        database.transaction(EVERYTHING) as session,
    ):
        await open_target(session, new_id(), kind, code, branch, since.date(), None, now)
    console.print(f"Files for {code} are made from now on.")


async def _run(folder: Path | None) -> None:
    async with configured_database() as (database, now):
        for made in await make_all_files(database, now):
            sums = ", ".join(f"{t.currency} {t.amount_minor:,}" for t in made.totals)
            console.print(f"{made.name}: {made.records:,} records, {sums} in minor units.")
        if folder is None:
            return
        async with database.transaction(EVERYTHING, read_only=True) as session:
            saved = await _save(session, folder)
    console.print(f"{saved:,} files saved in {folder}.")


async def _save(session: Session, folder: Path) -> int:
    saved = 0
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    for view in await store.files(session, None, MOST_SAVED):
        path = folder / file_name(view.target, view.number)
        if path.exists():
            continue
        found = await store.content(session, view.id)
        assert found is not None, "files are never removed"
        # Whoever watches the folder must not take a half-written file.
        half = path.with_suffix(".part")
        await asyncio.to_thread(half.write_bytes, found[2])
        await asyncio.to_thread(half.replace, path)
        saved += 1
    return saved


async def _answers(code: str, file: Path) -> None:
    content = await asyncio.to_thread(file.read_bytes)
    async with (
        configured_database() as (database, now),
        database.transaction(EVERYTHING) as session,
    ):
        known = next((v for v in await store.targets(session) if v.target.code == code), None)
        if known is None:
            raise ExportTargetNotFound(code)
        taken = await take_answers(session, known.target.id, content, now)
    console.print(f"{taken.answered:,} lines answered, {taken.unchanged:,} had that answer.")
    for problem in taken.problems:
        console.print(f"File {problem.number}, line {problem.line}: expected {problem.expected}.")
    if taken.problems:
        raise typer.Exit(1)
