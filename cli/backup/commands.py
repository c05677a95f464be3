"""``./roundsman backup``: keys, base backups, following the database, checking; and restoring."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from cli import cluster, interrupts, state
from cli.backup import source as server
from cli.backup.files import FilesBackup, roots
from cli.backup.folder import BackupFolder
from cli.backup.follow import Follower, Rules, prune
from cli.backup.take_base import take_base
from cli.backup.verify import verify
from core.sealing.box import OpeningKey
from core.settings import settings

WRONG = 1
Folder = Annotated[Path, typer.Argument(help="Where backups are kept: another disk, or a share.")]
KeyFile = Annotated[Path, typer.Option("--key", help="The file with the key that opens backups.")]

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.command("key")
def run_key(
    file: Annotated[Path, typer.Argument(help="Where to write the key that opens backups.")],
) -> None:
    """Make the key pair. Take the file away from this machine: without it no backup opens."""
    key = server.new_key()
    state.write_private(file, key.text + "\n")
    console.print(
        f"{escape(str(file))} opens the backups. Keep it elsewhere, twice; this machine only"
        " needs its other half, which it has."
    )


@app.command("take")
def run_take(folder: Folder) -> None:
    """Take one base backup now, with the files beside the database."""
    place = BackupFolder(folder)
    key = server.sealing_key()
    with cluster.running_cluster() as url:
        base = take_base(server.running_source(url), place, key)
        taken = FilesBackup(place, roots()).take(key)
    console.print(
        f"[green]✓[/] {base.stamp}: {base.size_bytes / 2**20:,.1f} MiB in"
        f" {(base.ended_at - base.began_at).total_seconds():.1f} s, {taken:,} files beside it."
    )


@app.command("follow")
def run_follow(
    folder: Folder,
    every_h: Annotated[int, typer.Option(min=1, help="Hours between base backups.")] = 24,
    keep_days: Annotated[int, typer.Option(min=1, help="How far back one can restore.")] = 30,
    wait: Annotated[
        bool, typer.Option(help="Whether commits wait until their log is received.")
    ] = True,
) -> None:
    """Keep the backup current until Ctrl-C: every change as it is committed, files, base backups.

    With --wait nothing that was acknowledged can be lost with the database's disk, and nothing is
    acknowledged while this is killed and not started again.
    """
    rules = Rules(timedelta(hours=every_h), timedelta(days=keep_days), wait)
    key = server.sealing_key()
    with interrupts.raised(), cluster.running_cluster() as url:
        follower = Follower(
            server.running_source(url), BackupFolder(folder), key, settings().wal_dir, rules
        )
        try:
            follower.run(lambda what: console.print(escape(what)))
        except KeyboardInterrupt:
            console.print("Everything that was received is sealed.")


@app.command("prune")
def run_prune(
    folder: Folder,
    keep_days: Annotated[int, typer.Option(min=1, help="How far back one can restore.")] = 30,
) -> None:
    """Remove what no restore within these days needs."""
    went = prune(BackupFolder(folder), datetime.now(UTC) - timedelta(days=keep_days))
    console.print(f"Removed {went:,} boxes.")


@app.command("verify")
def run_verify(
    folder: Folder,
    key: Annotated[
        Path | None, typer.Option("--key", help="Open every box, too, with this key.")
    ] = None,
) -> None:
    """Say what is in a backup folder and whether it is whole; ends with 1 when it is not."""
    opening = OpeningKey.read(key.read_text()) if key else None
    report = verify(BackupFolder(folder), opening)
    for base in report.bases:
        console.print(
            f"[green]✓[/] {base.stamp}: {base.size_bytes / 2**20:,.1f} MiB, restores to any time"
            f" from {base.ended_at:%Y-%m-%d %H:%M:%S} UTC on"
        )
    console.print(f"{report.log_files:,} files of the log, {report.objects:,} other files")
    for fault in report.faults:
        console.print(f"[red]✗[/] {escape(fault)}")
    if report.faults or not report.bases:
        raise typer.Exit(WRONG)


def run(
    folder: Folder,
    key: KeyFile,
    until: Annotated[
        datetime | None, typer.Option(help="To this time, in UTC; else to the last commit.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the database that is there aside.")
    ] = False,
    into: Annotated[
        Path | None,
        typer.Option(help="Lay out a data folder there, for a PostgreSQL of your own."),
    ] = None,
) -> None:
    """Bring the database and its files back from a backup folder."""
    from cli.backup.restore import restore_into, restore_private

    opening = OpeningKey.read(key.read_text())
    at = until.replace(tzinfo=UTC) if until else None
    place = BackupFolder(folder)
    if into is not None:
        done = restore_into(place, opening, at, into)
        console.print(
            f"{escape(str(into))}/data is laid out; give it to the user postgres and start a"
            f" PostgreSQL {done.base.postgres} with it."
        )
        return
    done = restore_private(
        place, opening, at, lambda what: console.print(escape(what)), replace=replace
    )
    console.print(
        f"[green]✓[/] Restored from {done.base.stamp} to the transaction at"
        f" {escape(done.until or 'the end of the base backup')}: {done.log_files:,} files of the"
        f" log, {done.files:,} other files, in {done.took_s / 60:.1f} minutes."
    )
