"""``./roundsman keys``: the keys of encrypted columns and files, and their rotation."""

import asyncio

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.configured import configured_database, progress_bar, services
from core.errors import Refused
from core.settings import settings
from data import column_keys, sealed
from data.session import EVERYTHING
from geofence.attachments.seal_old import seal_old
from geofence.attachments.store import clear_names

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


class OldKeysInUse(Refused):
    """Older keys are still needed."""

    @property
    def detail(self) -> str:
        return "some values are sealed with them; type `./roundsman keys rotate` first"


@app.command("status")
def run_status() -> None:
    """Say which columns are encrypted, and how many values each key holds."""
    with services():
        asyncio.run(_tell_status())


@app.command("rotate")
def run_rotate() -> None:
    """Make a new key, seal every value with it, and the files in the clear, while everything runs.

    Broken off, it is taken up where it was: typed again while older keys are in use, it makes no
    further one.
    """
    with services(), progress_bar(console, "Sealing anew") as told:
        made, count = asyncio.run(_rotate(lambda what, n: told(f"{what} ({n:,})", None)))
    console.print(
        f"[green]✓[/] {count:,} values and files sealed anew"
        f"{' with a new key' if made else ''}. `keys forget` removes older keys; backups from"
        " before need them, so it leaves that to you."
    )


@app.command("forget")
def run_forget() -> None:
    """Remove older keys from the key file, once nothing is sealed with them any more."""
    with services():
        asyncio.run(_forget())
    console.print(f"[green]✓[/] {escape(str(settings().key_file))} has the newest key alone.")


async def _rotate(told: "column_keys.Told") -> tuple[bool, int]:
    async with configured_database() as (database, _):
        ring = sealed.cipher().ring
        async with database.transaction(EVERYTHING, read_only=True) as session:
            used = await column_keys.keys_in_use(session)
        made = used <= {ring.newest}
        if made:
            sealed.write_ring(ring.with_new_key())
            await column_keys.check_keys(database)
        count = await column_keys.seal_all_anew(database, told)
        return made, count + await seal_old(database, settings().attachment_dir, told)


async def _forget() -> None:
    async with configured_database() as (database, _):
        ring = sealed.cipher().ring
        async with database.transaction(EVERYTHING) as session:
            if await column_keys.keys_in_use(session) - {ring.newest}:
                raise OldKeysInUse
            await column_keys.forget_old_keys(session)
        sealed.write_ring(ring.with_newest_alone())


async def _tell_status() -> None:
    async with configured_database() as (database, _):
        async with database.transaction(EVERYTHING, read_only=True) as session:
            found = await column_keys.column_status(session)
            in_the_clear = len(await clear_names(session))
        newest = sealed.cipher().ring.newest
    table = Table("column", "values by key", box=None)
    for status in found:
        table.add_row(
            status.column,
            ", ".join(f"{n:,} under {key}" for key, n in status.values_by_key.items()) or "none",
        )
    console.print(f"{escape(str(settings().key_file))}: key {newest} seals")
    console.print(table)
    if in_the_clear:
        console.print(
            f"[yellow]![/] {in_the_clear:,} files lie in the clear, from before files were sealed:"
            " `keys rotate` seals them."
        )
