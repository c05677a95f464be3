"""SQL of rules and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range, insert

from collection.gate.kinds import Kind
from collection.gate.params import read_params
from collection.gate.rule import (
    ActorClass,
    Channel,
    CountsOn,
    Effect,
    ProductClass,
    Rule,
    RuleBody,
    Status,
    ZoneBasis,
)
from collection.gate.rulebook.read_body import FOREVER, body_json
from data.session import Session, rows
from data.tables.contact_rules import ContactRule


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of a rule, with who wrote it. `branch` is None when the caller does not see it."""

    rule: Rule
    branch_id: UUID
    branch: str | None
    pack: str | None
    pack_version: int | None
    changed_at: datetime
    changed_by: UUID | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """Who writes a version, when and why; of a pack its name and version."""

    at: datetime
    by: UUID | None
    note: str | None = None
    pack: str | None = None
    pack_version: int | None = None


def rule_of(r: Any) -> Rule:
    """The rule of a row with the table's columns."""
    return Rule(
        r.id,
        r.version,
        RuleBody(
            code=r.code,
            title=r.title,
            jurisdiction=r.jurisdiction,
            regime=r.regime,
            citation=r.citation,
            source_url=r.source_url,
            is_verified=r.is_verified,
            params=read_params(Kind(r.kind), r.params),
            product_classes=frozenset(ProductClass(word) for word in r.product_classes),
            actor_classes=frozenset(ActorClass(word) for word in r.actor_classes),
            channels=frozenset(Channel(word) for word in r.channels),
            tz_basis=ZoneBasis(r.tz_basis),
            counts_on=CountsOn(r.counts_on),
            effect=Effect(r.effect),
            precedence=r.precedence,
            status=Status(r.status),
            effective_from=r.effective.lower or FOREVER,
            effective_to=r.effective.upper,
        ),
    )


_VERSION = (
    "SELECT r.*, b.code AS branch FROM contact_rule r LEFT JOIN branch b ON b.id = r.branch_id"
)


async def binding(session: Session, branch_id: UUID) -> list[RuleVersion]:
    """The newest versions of all rules that bind a branch, in force or not, its own and those of
    the branches above."""
    found = await rows(
        session,
        f"""
        {_VERSION} JOIN branch_line(:branch) l ON l.branch_id = r.branch_id
        WHERE NOT EXISTS (SELECT FROM contact_rule n WHERE n.id = r.id AND n.version > r.version)
        ORDER BY l.steps DESC, r.pack NULLS LAST, r.precedence, r.code
        """,
        branch=branch_id,
    )
    return [_version(r) for r in found]


async def versions(session: Session, rule_id: UUID) -> list[RuleVersion]:
    """All versions of a rule that the caller may read, the newest first."""
    found = await rows(session, f"{_VERSION} WHERE r.id = :id ORDER BY r.version DESC", id=rule_id)
    return [_version(r) for r in found]


async def own_rules(session: Session, branch_id: UUID) -> dict[str, RuleVersion]:
    """The newest versions of the rules that a branch has itself, by code."""
    found = await rows(
        session,
        f"""
        {_VERSION} WHERE r.branch_id = :branch
        AND NOT EXISTS (SELECT FROM contact_rule n WHERE n.id = r.id AND n.version > r.version)
        """,
        branch=branch_id,
    )
    return {r.code: _version(r) for r in found}


async def add_version(session: Session, branch_id: UUID, rule: Rule, written: Written) -> bool:
    """Keep a version of a rule; False when somebody else's came first."""
    body = rule.body
    told = body_json(body)
    since: date = told.pop("effective_from")
    until: date | None = told.pop("effective_to")
    added = await session.execute(
        insert(ContactRule)
        .values(
            id=rule.id,
            version=rule.version,
            branch_id=branch_id,
            effective=Range(since, until),
            pack=written.pack,
            pack_version=written.pack_version,
            changed_at=written.at,
            changed_by=written.by,
            note=written.note,
            **told,
        )
        .on_conflict_do_nothing()
        .returning(ContactRule.id)
    )
    return added.scalar_one_or_none() is not None


async def countries_below(session: Session, branch_id: UUID) -> Sequence[str]:
    """The countries of a branch in scope and of those below it."""
    found = await rows(
        session,
        """
        WITH RECURSIVE below (id, country) AS (
            SELECT id, country FROM branch WHERE id = :branch
            UNION ALL SELECT b.id, b.country FROM branch b JOIN below ON b.parent_id = below.id
        )
        SELECT DISTINCT country FROM below ORDER BY country
        """,
        branch=branch_id,
    )
    return [r.country for r in found]


def _version(r: Any) -> RuleVersion:
    return RuleVersion(
        rule_of(r), r.branch_id, r.branch, r.pack, r.pack_version, r.changed_at, r.changed_by,
        r.note,
    )  # fmt: skip
