"""``./roundsman rules``: the packs of contact rules, and the rules that bind a branch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.configured import configured_database, services
from collection.gate.kinds import KINDS
from collection.gate.params import params_json
from collection.gate.rule import RuleBody, Status
from collection.gate.rulebook.change_rule import branch_id_of
from collection.gate.rulebook.load_pack import Loaded, load_pack, packs, read_pack, turn_off_pack
from collection.gate.rulebook.pack import Pack
from collection.gate.rulebook.store import RuleVersion, Written, binding
from collection.portfolio.store import head_office
from data.session import EVERYTHING, Session
from identity.errors import BranchNotFound
from identity.store import branches

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)

Branch = Annotated[
    str | None, typer.Option(help="A branch by its code [default: the head office].")
]


@app.command("list")
def run_list(branch: Branch = None) -> None:
    """List the packs there are; with --branch the rules that bind a branch."""
    if branch is None:
        tell_packs(packs())
        return
    with services():
        tell_rules(asyncio.run(_binding(branch)))


@app.command("show")
def run_show(name: Annotated[str, typer.Argument(help="A pack, such as india-nbfc.")]) -> None:
    """Show the rules of a pack with their sources."""
    tell_pack(read_pack(name))


@app.command("load")
def run_load(
    name: Annotated[str, typer.Argument(help="A pack, such as india-nbfc.")], branch: Branch = None
) -> None:
    """Have a pack's rules bind a branch and those below it. Twice is once."""
    read_pack(name)
    with services():
        tell_loaded(asyncio.run(_load(name, branch)))


@app.command("off")
def run_off(
    name: Annotated[str, typer.Argument(help="A pack, such as india-nbfc.")], branch: Branch = None
) -> None:
    """Turn off the rules that a branch has of a pack; loading it again puts them back."""
    read_pack(name)
    with services():
        codes = asyncio.run(_off(name, branch))
    console.print(f"Turned off: {', '.join(codes) or 'nothing, none was on'}.")


def tell_packs(found: list[Pack]) -> None:
    """Print which packs there are."""
    table = Table(title="Packs of contact rules")
    for heading in ("Pack", "Of", "What it is", "In force", "Drafts and off"):
        table.add_column(heading, overflow="fold")
    for pack in found:
        in_force = sum(rule.status is Status.IN_FORCE for rule in pack.rules)
        others = str(len(pack.rules) - in_force)
        table.add_row(pack.name, pack.jurisdiction, pack.title, str(in_force), others)
    console.print(table)
    console.print("Nothing of a pack holds before it is loaded: ./roundsman rules load PACK")


def tell_pack(pack: Pack) -> None:
    """Print a pack's rules."""
    console.print(f"[bold]{escape(pack.title)}[/] ({pack.name}, version {pack.version})")
    console.print(escape(pack.about))
    for rule in pack.rules:
        _tell_rule(rule)


def tell_rules(found: list[RuleVersion]) -> None:
    """Print the rules that bind a branch."""
    for each in found:
        where = each.branch or "a branch above"
        source = f"pack {each.pack}" if each.pack else "written here"
        _tell_rule(each.rule.body, f" · version {each.rule.version} at {where}, {source}")
    if not found:
        console.print("No contact rules: only each branch's own hours hold.")


def tell_loaded(loaded: Loaded) -> None:
    """Print what became of a pack's rules."""
    for what, codes in (
        ("added", loaded.added),
        ("updated", loaded.updated),
        ("as before", loaded.unchanged),
        ("kept as they were changed here", loaded.kept),
    ):
        if codes:
            console.print(f"{len(codes)} {what}: {', '.join(codes)}")
    drafts = [rule.code for rule in loaded.pack.rules if rule.status is Status.DRAFT]
    if drafts:
        console.print(f"[yellow]Drafts, not in force:[/] {', '.join(drafts)}")


def _tell_rule(rule: RuleBody, more: str = "") -> None:
    color = {Status.IN_FORCE: "green", Status.DRAFT: "yellow", Status.OFF: "red"}[rule.status]
    seen = "" if rule.is_verified else " · not read in its own source"
    kind = KINDS[type(rule.params)].value
    told = " ".join(f"{key}={value}" for key, value in params_json(rule.params).items())
    status = rule.status.value.replace("_", " ")
    console.print(f"\n[bold]{rule.code}[/] [{color}]{status}[/] · {rule.effect.value}{more}")
    console.print(f"  {escape(rule.title)}")
    console.print(f"  {escape(f'{kind} {told}'.strip())}", style="dim")
    since = f"from {rule.effective_from}"
    until = f" to before {rule.effective_to}" if rule.effective_to else ""
    console.print(f"  {escape(rule.citation)} · {since}{until}{seen}", style="dim")


async def _load(name: str, branch: str | None) -> Loaded:
    async with _transaction() as (session, now):
        return await load_pack(session, name, await _code(session, branch), Written(now, None))


async def _off(name: str, branch: str | None) -> list[str]:
    async with _transaction() as (session, now):
        code = await _code(session, branch)
        return await turn_off_pack(session, name, code, Written(now, None))


async def _binding(branch: str) -> list[RuleVersion]:
    async with _transaction() as (session, _):
        return await binding(session, await branch_id_of(session, branch))


async def _code(session: Session, branch: str | None) -> str:
    if branch is not None:
        return branch
    head_id = await head_office(session)
    head = next((b for b in await branches(session) if b.id == head_id), None)
    if head is None:
        raise BranchNotFound("the head office; type ./roundsman init first")
    return head.code


@asynccontextmanager
async def _transaction() -> AsyncIterator[tuple[Session, datetime]]:
    async with (
        configured_database() as (database, now),
        database.transaction(EVERYTHING) as session,
    ):
        yield session, now
