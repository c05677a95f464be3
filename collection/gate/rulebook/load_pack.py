"""Load a pack of rules for a branch and those below it, or turn it off again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from collection.gate.errors import PackNotFound, RuleChanged
from collection.gate.rule import Rule, RuleBody, Status
from collection.gate.rulebook import store
from collection.gate.rulebook.change_rule import branch_id_of
from collection.gate.rulebook.pack import Pack, parse_pack
from collection.gate.rulebook.store import RuleVersion, Written
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session

FOLDER = Path(__file__).resolve().parent.parent / "packs"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a pack came to, by the rules' codes. `kept` were changed here and stay so."""

    pack: Pack
    added: Sequence[str]
    updated: Sequence[str]
    unchanged: Sequence[str]
    kept: Sequence[str]


def packs() -> list[Pack]:
    """All packs of the product, by name."""
    return [read_pack(path.stem) for path in sorted(FOLDER.glob("*.toml"))]


def read_pack(name: str) -> Pack:
    """A pack by its name. Raises `PackNotFound`."""
    names = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
    if name not in names:
        raise PackNotFound(name, names)
    return parse_pack(name, (FOLDER / f"{name}.toml").read_text())


async def load_pack(session: Session, name: str, branch: str, written: Written) -> Loaded:
    """Have the rules of a pack bind a branch in scope and those below it.

    What people changed of a rule since it was loaded stays. Twice is once. Raises `PackNotFound`,
    `BranchNotFound`, `RuleChanged` when somebody else changes a rule at the same moment, or
    `InvalidField` when no branch there is in the pack's country.
    """
    pack = read_pack(name)
    branch_id = await branch_id_of(session, branch)
    countries = await store.countries_below(session, branch_id)
    if pack.jurisdiction[:2] not in countries:
        there = ", ".join(countries)
        raise InvalidField(
            "branch",
            say(
                "one with a branch in {jurisdiction}; here are: {there}",
                jurisdiction=pack.jurisdiction,
                there=there,
            ),
        )
    own = await store.own_rules(session, branch_id)
    written = replace(written, pack=pack.name, pack_version=pack.version)
    done: dict[str, list[str]] = {"added": [], "updated": [], "unchanged": [], "kept": []}
    for body in pack.rules:
        what = _what(own.get(body.code), body, pack)
        done[what].append(body.code)
        if what in ("added", "updated"):
            await _write(session, branch_id, own.get(body.code), body, written)
    return Loaded(pack, **done)


async def turn_off_pack(session: Session, name: str, branch: str, written: Written) -> list[str]:
    """Turn off all rules that a branch in scope has of a pack; their codes.

    Loading the pack again puts them back. Raises `PackNotFound`, `BranchNotFound` or `RuleChanged`.
    """
    pack = read_pack(name)
    branch_id = await branch_id_of(session, branch)
    own = await store.own_rules(session, branch_id)
    written = replace(written, pack=pack.name, pack_version=pack.version)
    off = []
    for body in pack.rules:
        former = own.get(body.code)
        if former is not None and former.rule.body.status is not Status.OFF:
            following = replace(former.rule.body, status=Status.OFF)
            await _write(session, branch_id, former, following, written)
            off.append(body.code)
    return off


async def _write(
    session: Session,
    branch_id: UUID,
    former: RuleVersion | None,
    body: RuleBody,
    written: Written,
) -> None:
    rule_id, version = (former.rule.id, former.rule.version + 1) if former else (new_id(), 1)
    if not await store.add_version(session, branch_id, Rule(rule_id, version, body), written):
        raise RuleChanged(str(rule_id), version)


def _what(former: RuleVersion | None, body: RuleBody, pack: Pack) -> str:
    if former is None:
        return "added"
    if former.rule.body == body:
        return "unchanged"
    return "updated" if former.pack == pack.name else "kept"
