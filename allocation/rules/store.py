"""SQL of what decides who may own which case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from core.ids import new_id
from data.session import Session, rows
from data.tables.allocation import (
    AgentCertificate,
    CaseTag,
    Center,
    ConflictOfInterest,
    ProductCertificates,
)
from data.tables.collection import Customer
from data.tables.identity import AgentProfile


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an agent is certified for; both days are included."""

    certificate: str
    number: str | None
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A customer whose cases an agent must not work."""

    customer_id: UUID
    customer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A word about a case. It ends with the day `until`."""

    tag: str
    bars_everybody: bool
    reason: str
    until: date | None


@dataclass(frozen=True, slots=True)
class AgentRules:
    """What decides which cases an agent may have, beside skills and languages."""

    gender: str | None
    max_cases: int | None
    excluded_tags: list[str]


@dataclass(frozen=True, slots=True)
class CaseRules:
    """What a case asks of agents."""

    customer_id: UUID
    product_code: str
    needs: list[str]
    language: str | None
    agent_gender: str | None
    certificates: list[str]
    center: str | None


@dataclass(frozen=True, slots=True)
class ProductRule:
    """The certificates that a product asks for in a branch and those below it."""

    product_code: str
    certificates: list[str]


@dataclass(frozen=True, slots=True)
class CenterView:
    """A center; split ones let their members' cases go to different agents."""

    code: str
    name: str
    members: int
    split_at: datetime | None
    split_reason: str | None


async def agent_rules(session: Session, agent_id: UUID) -> AgentRules | None:
    """What is set for an agent in scope."""
    found = await rows(
        session,
        "SELECT gender, max_cases, excluded_tags FROM agent_profile WHERE agent_id = :agent",
        agent=agent_id,
    )
    return AgentRules(*found[0]) if found else None


async def set_agent_rules(session: Session, agent_id: UUID, told: AgentRules) -> bool:
    """Set what decides which cases an agent may have; False when there is none in scope."""
    done = await session.execute(
        update(AgentProfile)
        .where(AgentProfile.agent_id == agent_id)
        .values(
            gender=told.gender,
            max_cases=told.max_cases,
            excluded_tags=told.excluded_tags,
        )
        .returning(AgentProfile.agent_id)
    )
    return done.scalar_one_or_none() is not None


async def certificates(session: Session, agent_id: UUID) -> list[Certificate]:
    """An agent's certificates, by name."""
    found = await rows(
        session,
        "SELECT certificate, number, valid_from, valid_until FROM agent_certificate"
        " WHERE agent_id = :agent ORDER BY certificate",
        agent=agent_id,
    )
    return [Certificate(*r) for r in found]


async def put_certificate(
    session: Session, agent_id: UUID, branch_id: UUID, told: Certificate, by: UUID, now: datetime
) -> None:
    """Set an agent's certificate."""
    key = {"agent_id": agent_id, "certificate": told.certificate}
    await _put(
        session, AgentCertificate, key,
        {"branch_id": branch_id, "number": told.number, "valid_from": told.valid_from,
         "valid_until": told.valid_until, "set_at": now, "set_by": by},
    )  # fmt: skip


async def remove_certificate(session: Session, agent_id: UUID, certificate: str) -> None:
    """Take a certificate from an agent; nothing happens when there is none."""
    await session.execute(
        delete(AgentCertificate).where(
            AgentCertificate.agent_id == agent_id, AgentCertificate.certificate == certificate
        )
    )


async def conflicts(session: Session, agent_id: UUID) -> list[Conflict]:
    """The customers whose cases an agent must not work, by name."""
    found = await rows(
        session,
        "SELECT x.customer_id, c.full_name, x.reason FROM conflict_of_interest x"
        " JOIN customer c ON c.id = x.customer_id WHERE x.agent_id = :agent"
        " ORDER BY c.full_name, c.id",
        agent=agent_id,
    )
    return [Conflict(*r) for r in found]


async def put_conflict(
    session: Session,
    agent_id: UUID,
    customer_id: UUID,
    branch_id: UUID,
    reason: str,
    by: UUID,
    now: datetime,
) -> None:
    """Keep an agent from a customer's cases."""
    key = {"agent_id": agent_id, "customer_id": customer_id}
    told = {"branch_id": branch_id, "reason": reason, "set_at": now, "set_by": by}
    await _put(session, ConflictOfInterest, key, told)


async def remove_conflict(session: Session, agent_id: UUID, customer_id: UUID) -> None:
    """Let an agent have a customer's cases again."""
    await session.execute(
        delete(ConflictOfInterest).where(
            ConflictOfInterest.agent_id == agent_id, ConflictOfInterest.customer_id == customer_id
        )
    )


async def branch_of_customer(session: Session, customer_id: UUID) -> UUID | None:
    """The branch of a customer of the caller's branches."""
    found = await rows(
        session,
        "SELECT b.id AS branch_id FROM customer c JOIN branch b ON b.id = c.branch_id"
        " WHERE c.id = :id",
        id=customer_id,
    )
    return found[0].branch_id if found else None


async def set_agent_gender(session: Session, customer_id: UUID, gender: str | None) -> bool:
    """Set whom a customer asks to be visited by; False when there is none in scope."""
    done = await session.execute(
        update(Customer)
        .where(Customer.id == customer_id)
        .values(agent_gender=gender)
        .returning(Customer.id)
    )
    return done.scalar_one_or_none() is not None


async def case_rules(session: Session, case_id: UUID) -> CaseRules | None:
    """What a case in scope asks of agents."""
    found = await rows(
        session,
        "SELECT c.customer_id, a.product_code, c.needs, u.language, u.agent_gender,"
        " coalesce(certificates_of(c.branch_id, a.product_code), '{}') AS certificates, n.code"
        " FROM case_file c JOIN account a ON a.id = c.account_id"
        " JOIN customer u ON u.id = c.customer_id LEFT JOIN center n ON n.id = u.center_id"
        " WHERE c.id = :case",
        case=case_id,
    )
    return CaseRules(*found[0]) if found else None


async def branch_of_case(session: Session, case_id: UUID) -> UUID | None:
    """The branch of a case of the caller's branches. Those that they have borrowed are not."""
    found = await rows(
        session,
        "SELECT b.id AS branch_id FROM case_file c JOIN branch b ON b.id = c.branch_id"
        " WHERE c.id = :id",
        id=case_id,
    )
    return found[0].branch_id if found else None


async def tags(session: Session, case_id: UUID) -> list[Tag]:
    """What is said of a case, ended tags too."""
    found = await rows(
        session,
        "SELECT tag, bars_everybody, reason, until FROM case_tag WHERE case_id = :case"
        " ORDER BY tag",
        case=case_id,
    )
    return [Tag(*r) for r in found]


async def put_tag(
    session: Session, case_id: UUID, branch_id: UUID, told: Tag, by: UUID, now: datetime
) -> None:
    """Tag a case."""
    key = {"case_id": case_id, "tag": told.tag}
    await _put(
        session, CaseTag, key,
        {"branch_id": branch_id, "bars_everybody": told.bars_everybody, "reason": told.reason,
         "until": told.until, "set_at": now, "set_by": by},
    )  # fmt: skip


async def remove_tag(session: Session, case_id: UUID, tag: str) -> None:
    """Take a tag from a case; nothing happens when it has none."""
    await session.execute(delete(CaseTag).where(CaseTag.case_id == case_id, CaseTag.tag == tag))


async def product_rules(session: Session, branch_id: UUID) -> list[ProductRule]:
    """What a branch itself asks for its products, by product."""
    found = await rows(
        session,
        "SELECT product_code, certificates FROM product_certificates WHERE branch_id = :branch"
        " ORDER BY product_code",
        branch=branch_id,
    )
    return [ProductRule(*r) for r in found]


async def put_product_rule(
    session: Session, branch_id: UUID, told: ProductRule, by: UUID, now: datetime
) -> None:
    """Set what a product asks for in a branch and those below it."""
    key = {"branch_id": branch_id, "product_code": told.product_code}
    values = {"certificates": told.certificates, "set_at": now, "set_by": by}
    await _put(session, ProductCertificates, key, values)


async def centers(session: Session, branch_id: UUID) -> list[CenterView]:
    """A branch's centers, by code."""
    found = await rows(
        session,
        "SELECT n.code, n.name, count(u.id), n.split_at, n.split_reason FROM center n"
        " LEFT JOIN customer u ON u.center_id = n.id WHERE n.branch_id = :branch"
        " GROUP BY n.id ORDER BY n.code",
        branch=branch_id,
    )
    return [CenterView(*r) for r in found]


async def put_center(
    session: Session, branch_id: UUID, code: str, name: str, customers: Sequence[str]
) -> list[str]:
    """Make a center of exactly these customers, by the lender's numbers; those not in the branch.

    Where there are such, nothing changes.
    """
    known = await rows(
        session,
        "SELECT id, source_ref FROM customer WHERE branch_id = :branch"
        " AND source_ref = ANY (CAST(:refs AS text[]))",
        branch=branch_id,
        refs=list(customers),
    )
    missing = sorted(set(customers) - {r.source_ref for r in known})
    if missing:
        return missing
    made = await session.execute(
        insert(Center)
        .values(id=new_id(), branch_id=branch_id, code=code, name=name)
        .on_conflict_do_update(index_elements=["branch_id", "code"], set_={"name": name})
        .returning(Center.id)
    )
    center_id = made.scalar_one()
    members = [r.id for r in known]
    # A group is of a center: who leaves the center leaves the group.
    nowhere = {"center_id": None, "member_group_id": None}
    left = (Customer.center_id == center_id) & Customer.id.notin_(members)
    await session.execute(update(Customer).where(left).values(nowhere))
    await session.execute(
        update(Customer)
        .where(Customer.id.in_(members), Customer.center_id.is_distinct_from(center_id))
        .values(center_id=center_id, member_group_id=None)
    )
    return []


async def split_center(
    session: Session, branch_id: UUID, code: str, reason: str | None, by: UUID, now: datetime
) -> bool:
    """Split a center, or join it again without a reason; False when there is none.

    Split already for the same reason, it keeps since when.
    """
    found = await rows(
        session,
        """
        UPDATE center SET
            split_at = CASE WHEN CAST(:reason AS text) IS NULL THEN NULL
                            WHEN split_reason = :reason THEN split_at ELSE :now END,
            split_by = CASE WHEN CAST(:reason AS text) IS NULL THEN NULL
                            WHEN split_reason = :reason THEN split_by ELSE :by END,
            split_reason = :reason
        WHERE branch_id = :branch AND code = :code RETURNING 1
        """,
        branch=branch_id,
        code=code,
        reason=reason,
        now=now,
        by=by,
    )
    return bool(found)


async def _put(session: Session, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    await session.execute(
        insert(table)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=values)
    )
