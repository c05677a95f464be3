"""``./roundsman territories``: import and export the territories of a branch."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from allocation.territories import store
from allocation.territories.import_territories import (
    Imported,
    Mode,
    import_geojson,
    import_pincodes,
)
from allocation.territories.look_at_ground import look_at_ground
from allocation.territories.shape import geojson_of
from allocation.territories.territory import Days
from cli.configured import configured_database, services
from core.clock import local_day
from core.settings import settings
from data.session import EVERYTHING, Session
from identity.store import BranchView, branch_by_code
from routing.travel.cities import Cities

SHOWN = 50
SOME_WERE_REFUSED = 2

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)

Branch = Annotated[str, typer.Option(help="A branch by its code.")]


@dataclass(frozen=True, slots=True)
class _At:
    """A branch in a transaction of its own, at a time."""

    session: Session
    branch: BranchView
    now: datetime

    @property
    def today(self) -> Days:
        """From today on."""
        return Days(local_day(self.now, self.branch.zone))


@app.command("import")
def run_import(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="GeoJSON, or a CSV of pin codes.")
    ],
    branch: Branch,
    each: Annotated[
        bool, typer.Option("--each", help="Import what can be, and leave out the rest.")
    ] = False,
) -> None:
    """Import territories from GeoJSON, or pin codes from a CSV (territory, pincode).

    One bad feature keeps the whole file out, unless --each is said. Ends with 2 when something was
    refused.
    """
    with services():
        done = asyncio.run(_import(file, branch, each=each))
    tell(done)
    if any(fate.outcome == "refused" for fate in done.fates):
        raise typer.Exit(SOME_WERE_REFUSED)


@app.command("export")
def run_export(file: Annotated[Path, typer.Argument(dir_okay=False)], branch: Branch) -> None:
    """Write the territories of a branch, as they are today, to a GeoJSON file."""
    with services():
        found = asyncio.run(_standing(branch))
    features = [
        {
            "type": "Feature",
            "geometry": None if each.told.shape is None else geojson_of(each.told.shape),
            "properties": {
                "code": each.told.code,
                "name": each.told.name,
                "precedence": each.told.precedence,
                "pincodes": list(each.told.pincodes),
                "agents": [worker.username for worker in each.agents],
            },
        }
        for each in found
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    console.print(f"{len(features)} territories written to {escape(file.name)}.")


def tell(done: Imported) -> None:
    """Print what became of a file: what was refused and why, what was mended, and the sums."""
    noted = [fate for fate in done.fates if fate.reasons or fate.is_mended]
    if noted:
        table = Table(title="What to look at")
        for heading in ("Place", "Territory", "What became of it", "Why"):
            table.add_column(heading, overflow="fold")
        for fate in noted[:SHOWN]:
            why = [*fate.reasons, *(["its shape was mended"] if fate.is_mended else [])]
            table.add_row(str(fate.index), fate.code or "-", fate.outcome, escape("; ".join(why)))
        console.print(table)
        if len(noted) > SHOWN:
            console.print(f"… and {len(noted) - SHOWN} more")
    outcomes = [fate.outcome for fate in done.fates]
    told = ", ".join(
        f"{outcomes.count(outcome)} {outcome}"
        for outcome in ("added", "changed", "same", "refused")
    )
    console.print(told if done.is_applied else f"Nothing was stored. It would be: {told}.")


async def _import(file: Path, branch: str, *, each: bool) -> Imported:
    content = await asyncio.to_thread(file.read_bytes)
    read = import_pincodes if file.suffix.lower() in (".csv", ".txt") else import_geojson
    async with _at(branch) as at:
        mode: Mode = "each" if each else "whole"
        done = await read(at.session, at.branch, content, mode, at.today, None, at.now)
        return await _with_shortfalls(at, done) if done.is_applied else done


async def _with_shortfalls(at: _At, done: Imported) -> Imported:
    """With a word on each territory that has no streets or no cases."""
    codes = [fate.code for fate in done.fates if fate.code and fate.outcome != "refused"]
    cities = Cities(settings().state_dir / "streets")
    fallen = await look_at_ground(at.session, at.branch, codes, at.today.first, cities)
    fates = tuple(
        replace(
            fate,
            reasons=(*fate.reasons, *(each.sentence for each in fallen.get(fate.code or "", ()))),
        )
        for fate in done.fates
    )
    return replace(done, fates=fates)


async def _standing(branch: str) -> list[store.Standing]:
    async with _at(branch) as at:
        return await store.standing(at.session, at.branch.id, at.today.first)


@asynccontextmanager
async def _at(code: str) -> AsyncIterator[_At]:
    async with (
        configured_database() as (database, now),
        database.transaction(EVERYTHING) as session,
    ):
        branch = await branch_by_code(session, code)
        yield _At(session, branch, now)
