"""The commands behind ``./roundsman``.

A command is a function `run` in a module of its own (a group of them an `app`) plus one line in
`COMMANDS`. Only the module of the command that was typed is imported, so `--help` stays fast
whatever the others need.
"""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import typer

from core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Command:
    """One word after ``./roundsman``, the module whose `run` carries it out, and its help.

    Of a group the module has an `app` with the words that come next.
    """

    name: str
    module: str
    help: str
    passes_options_on: bool = False
    is_group: bool = False

    def group(self) -> typer.Typer:
        """The module's `app`: commands of their own after this word."""
        app: typer.Typer = importlib.import_module(self.module).app
        return app

    def function(self) -> Callable[..., Any]:
        """The module's `run`, a function with Typer's annotations."""
        run: Callable[..., Any] = importlib.import_module(self.module).run
        return run


COMMANDS = [
    Command("demo", "cli.demo", "Play an invented lender's day on real streets, live."),
    Command("init", "cli.init", "Set up a new installation: head office and administrator."),
    Command("serve", "cli.serve", "Serve the API, the screens and a worker."),
    Command("worker", "cli.worker", "Run one more worker, on this or another host."),
    Command("streets", "cli.streets", "Build a city's street network and put it to use."),
    Command("speeds", "cli.speeds", "Learn how fast streets are from trails.", is_group=True),
    Command("day", "cli.day", "End the days that are over, and begin today.", is_group=True),
    Command("export", "cli.export", "Make the files that go out, and take answers.", is_group=True),
    Command("import-demand", "cli.import_demand", "Load a demand file."),
    Command("import-statement", "cli.import_statement", "Take in a bank statement."),
    Command("territories", "cli.territories", "Import and export territories.", is_group=True),
    Command("rules", "cli.rules", "Load and list contact rules.", is_group=True),
    Command("pings", "cli.pings", "Archive, restore and list old pings.", is_group=True),
    Command(
        "verify-evidence", "cli.verify_evidence", "Check evidence packs, or the chains themselves."
    ),
    Command("verify-audit", "cli.verify_audit", "Check the chains of the audit trail."),
    Command("export-audit", "cli.export_audit", "Write the audit trail to a file."),
    Command("backup", "cli.backup.commands", "Back up, and check backups.", is_group=True),
    Command("restore", "cli.backup.commands", "Bring everything back from a backup."),
    Command("keys", "cli.keys", "Keys of encrypted columns, and their rotation.", is_group=True),
    Command("vouch", "cli.vouch", "Vouch for a person whose account one person alone opened."),
    Command("migrate", "cli.migrate", "Bring the database to the newest schema."),
    Command("texts", "cli.texts", "Bring the translations up to date with the screens."),
    Command("doctor", "cli.doctor", "Say what is here, what is missing and what to type."),
    Command("test", "cli.checks", "Run everything that CI checks."),
    Command("bench", "cli.bench", "Run one of the benchmarks.", passes_options_on=True),
    Command("sbom", "cli.sbom", "Write what the product is made of (CycloneDX)."),
    Command("advisories", "cli.advisories", "Ask for known vulnerabilities of what is locked."),
    Command("pictures", "cli.pictures", "Make the documentation's pictures anew."),
    Command("lock", "cli.lock", "Pin all dependencies anew, with hashes."),
]


def build(arguments: list[str]) -> typer.Typer:
    """The Typer application, with the real function for the command that `arguments` name."""
    app = typer.Typer(
        name="roundsman",
        help="Self-hosted field collection: plan, prove and pay in an agent's doorstep round.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_nothing)
    for command in COMMANDS:
        named = command.name in arguments
        if named and command.is_group:
            app.add_typer(command.group(), name=command.name, help=command.help)
            continue
        options = {"ignore_unknown_options": True} if command.passes_options_on else None
        app.command(command.name, help=command.help, context_settings=options)(
            command.function() if named else _nothing
        )
    return app


def main(arguments: list[str]) -> int:
    """Run one command line; the exit code. A domain error is a sentence, not a traceback."""
    try:
        build(arguments)(arguments, prog_name="./roundsman")
    except DomainError as error:
        print(f"{error.title}: {error.detail}", file=sys.stderr)
        return 1
    return 0


def _nothing() -> None:
    """Stands in for a command that was not asked for, and keeps `app` a group of commands."""
