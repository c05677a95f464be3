"""SQL of legal cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from collection.legal.legal_case import (
    Cost,
    Document,
    DocumentKind,
    Hearing,
    LegalCase,
    LegalKind,
    LegalOutcome,
    NewLegalCase,
)
from core.errors import IdReused
from core.money import Money
from data.sealed import opened
from data.session import Session, rows, run
from data.tables.legal import LegalCase as LegalCaseRow
from data.tables.legal import LegalCost, LegalHearing
from identity.policies.policy import DEFAULTS


@dataclass(frozen=True, slots=True)
class CaseAtLaw:
    """What a proceeding is about: a case with its account, its customer and its branch's zone."""

    branch_id: UUID
    account_id: UUID
    customer_id: UUID
    currency: str
    zone: str


@dataclass(frozen=True, slots=True)
class AtLaw:
    """A proceeding that nobody else changes until the end."""

    currency: str
    zone: str
    hold_id: UUID | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class StoredHearing:
    """A hearing's day, and what it is of."""

    legal_case_id: UUID
    heard_on: date


@dataclass(frozen=True, slots=True)
class ComingHearing:
    """A hearing of which nobody noted what came; with the case that it is about."""

    id: UUID
    heard_on: date
    purpose: str
    legal_case_id: UUID
    case_id: UUID
    branch_id: UUID
    kind: LegalKind
    forum: str
    reference: str | None
    customer: str
    is_past: bool


@dataclass(frozen=True, slots=True)
class WithoutProceeding:
    """How many cases of a branch stand at the stage legal, and no proceeding is open."""

    branch_id: UUID
    cases: int


async def case_at_law(session: Session, case_id: UUID) -> CaseAtLaw | None:
    """A case in scope."""
    found = await rows(
        session,
        "SELECT c.branch_id, c.account_id, c.customer_id, a.currency, b.zone FROM case_file c"
        " JOIN account a ON a.id = c.account_id JOIN branch b ON b.id = c.branch_id"
        " WHERE c.id = :case",
        case=case_id,
    )
    return CaseAtLaw(*found[0]) if found else None


async def locked(session: Session, legal_case_id: UUID) -> AtLaw | None:
    """A proceeding in scope; it stays as it is until the end."""
    found = await rows(
        session,
        "SELECT a.currency, b.zone, l.hold_id, l.closed_at IS NOT NULL FROM legal_case l"
        " JOIN case_file c ON c.id = l.case_id JOIN account a ON a.id = c.account_id"
        " JOIN branch b ON b.id = l.branch_id WHERE l.id = :id FOR NO KEY UPDATE OF l",
        id=legal_case_id,
    )
    return AtLaw(*found[0]) if found else None


_THINGS = {"legal_case": "legal case", "legal_hearing": "hearing", "legal_cost": "legal cost"}


async def is_known(session: Session, table: str, id_: UUID, body_hash: bytes) -> bool:
    """Whether this was kept before. Raises `IdReused` where the id is of something else."""
    found = await rows(session, f"SELECT body_hash FROM {table} WHERE id = :id", id=id_)  # noqa: S608
    if found and bytes(found[0].body_hash) != body_hash:
        raise IdReused(_THINGS[table], str(id_))
    return bool(found)


async def add_case(
    session: Session,
    branch_id: UUID,
    new: NewLegalCase,
    hold_id: UUID | None,
    by: UUID,
    body_hash: bytes,
    now: datetime,
) -> bool:
    """Store a proceeding. False when its id is taken."""
    return await _added(
        session, LegalCaseRow, id=new.id, branch_id=branch_id, case_id=new.case_id,
        kind=new.kind.value, forum=new.forum, reference=new.reference, advocate=new.advocate,
        advocate_phone=new.advocate_phone, filed_on=new.filed_on, hold_id=hold_id, opened_at=now,
        opened_by=by, body_hash=body_hash,
    )  # fmt: skip


async def close(
    session: Session, id_: UUID, outcome: LegalOutcome, reason: str, by: UUID, now: datetime
) -> None:
    """Note how a proceeding ended."""
    await run(
        session,
        "UPDATE legal_case SET outcome = :outcome, reason = :reason, closed_at = :now,"
        " closed_by = :by WHERE id = :id",
        id=id_,
        outcome=outcome.value,
        reason=reason,
        now=now,
        by=by,
    )


async def hearing(session: Session, hearing_id: UUID) -> StoredHearing | None:
    """A hearing in scope."""
    found = await rows(
        session, "SELECT legal_case_id, heard_on FROM legal_hearing WHERE id = :id", id=hearing_id
    )
    return StoredHearing(*found[0]) if found else None


async def has_hearing_on(session: Session, legal_case_id: UUID, day: date) -> bool:
    """Whether a proceeding has a hearing on a day."""
    return bool(
        await rows(
            session,
            "SELECT FROM legal_hearing WHERE legal_case_id = :id AND heard_on = :day",
            id=legal_case_id,
            day=day,
        )
    )


async def add_hearing(
    session: Session, legal_case_id: UUID, new: Hearing, by: UUID, body_hash: bytes, now: datetime
) -> bool:
    """Store a hearing that is set. False when its id, or its day, is taken."""
    return await _added(
        session, LegalHearing, id=new.id, legal_case_id=legal_case_id, heard_on=new.heard_on,
        purpose=new.purpose, set_at=now, set_by=by, body_hash=body_hash,
    )  # fmt: skip


async def note_hearing(
    session: Session, hearing_id: UUID, outcome: str, by: UUID, now: datetime
) -> bool:
    """Store what came of a hearing. False when that is noted already."""
    return bool(
        await rows(
            session,
            "UPDATE legal_hearing SET outcome = :outcome, noted_at = :now, noted_by = :by"
            " WHERE id = :id AND outcome IS NULL RETURNING id",
            id=hearing_id,
            outcome=outcome,
            now=now,
            by=by,
        )
    )


async def add_cost(
    session: Session, legal_case_id: UUID, cost: Cost, by: UUID, body_hash: bytes, now: datetime
) -> bool:
    """Store what was spent. False when its id is taken."""
    return await _added(
        session, LegalCost, id=cost.id, legal_case_id=legal_case_id, paid_for=cost.paid_for,
        amount_minor=cost.amount.amount_minor, currency=cost.amount.currency,
        spent_on=cost.spent_on, recorded_at=now, recorded_by=by, body_hash=body_hash,
    )  # fmt: skip


async def _added(session: Session, table: Any, **values: Any) -> bool:
    added = await session.execute(
        insert(table).values(**values).on_conflict_do_nothing().returning(table.id)
    )
    return added.scalar_one_or_none() is not None


async def legal_cases(session: Session, case_id: UUID) -> Sequence[LegalCase]:
    """The proceedings about a case in scope, open ones first, then the newest first."""
    found = await rows(
        session,
        """
        SELECT l.*, a.currency, h.id IS NOT NULL AND h.lifted_at IS NULL AS is_held,
               (SELECT coalesce(json_agg(json_build_array(g.id, g.heard_on, g.purpose, g.outcome)
                                         ORDER BY g.heard_on), '[]')
                FROM legal_hearing g WHERE g.legal_case_id = l.id) AS hearings,
               (SELECT coalesce(json_agg(json_build_array(t.id, t.paid_for, t.amount_minor,
                                                          t.spent_on)
                                         ORDER BY t.spent_on, t.id), '[]')
                FROM legal_cost t WHERE t.legal_case_id = l.id) AS costs,
               (SELECT coalesce(json_agg(json_build_array(
                           d.id, d.kind, d.title, d.dated_on, d.media_type, d.size_bytes,
                           d.kept_at) ORDER BY d.kept_at, d.id), '[]')
                FROM legal_document d WHERE d.legal_case_id = l.id) AS documents
        FROM legal_case l JOIN case_file c ON c.id = l.case_id
        JOIN account a ON a.id = c.account_id LEFT JOIN occasion_hold h ON h.id = l.hold_id
        WHERE l.case_id = :case
        ORDER BY l.closed_at IS NOT NULL, l.opened_at DESC, l.id
        """,
        case=case_id,
    )
    return [_legal_case(r) for r in found]


async def coming_hearings(
    session: Session,
    until: date | None,
    now: datetime,
    *,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Sequence[ComingHearing]:
    """Hearings in scope of which nobody noted what came, of proceedings that are open, the next
    first, behind the one at `after`."""
    day, hearing_id = after or (None, None)
    found = await rows(
        session,
        f"""
        SELECT {_COMING}
        WHERE (CAST(:until AS date) IS NULL OR g.heard_on <= :until)
          AND (CAST(:day AS date) IS NULL OR (g.heard_on, g.id) > (:day, CAST(:id AS uuid)))
          AND g.outcome IS NULL AND l.closed_at IS NULL
        ORDER BY g.heard_on, g.id LIMIT :limit
        """,
        until=until,
        day=day,
        id=hearing_id,
        limit=limit,
        now=now,
    )
    return [_coming(r) for r in found]


async def near_hearings(session: Session, now: datetime) -> Sequence[ComingHearing]:
    """The same of tomorrow by the branch's clock, and of all days before."""
    found = await rows(
        session,
        f"""
        SELECT {_COMING}
        WHERE g.outcome IS NULL AND l.closed_at IS NULL
          AND g.heard_on <= (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date + 1
        ORDER BY g.heard_on, g.id
        """,
        now=now,
    )
    return [_coming(r) for r in found]


_NO_PROCEEDING = """NOT EXISTS (SELECT FROM legal_case l
                         WHERE l.case_id = c.id AND l.closed_at IS NULL)"""


async def has_proceeding(session: Session, case_id: UUID) -> bool:
    """Whether a proceeding about a case in scope is open."""
    found = await rows(
        session,
        f"SELECT FROM case_file c WHERE c.id = :case AND NOT {_NO_PROCEEDING}",
        case=case_id,
    )
    return bool(found)


async def without_proceeding(session: Session) -> Sequence[WithoutProceeding]:
    """Branches in scope with such cases, where the policy ``legal_proceeding`` is not off."""
    found = await rows(
        session,
        f"""
        SELECT c.branch_id, count(*) FROM case_file c
        WHERE c.stage = 'legal' AND c.closed_at IS NULL AND {_NO_PROCEEDING}
        GROUP BY 1
        HAVING coalesce(branch_policy(c.branch_id, 'legal_proceeding') #>> '{{}}', :asks) <> 'off'
        ORDER BY 1
        """,  # noqa: S608 our own constants
        asks=DEFAULTS["legal_proceeding"],
    )
    return [WithoutProceeding(*r) for r in found]


_COMING = """
    g.id, g.heard_on, g.purpose, l.id AS legal_case_id, l.case_id, l.branch_id, l.kind, l.forum,
    l.reference, u.full_name,
    g.heard_on < (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date AS is_past
    FROM legal_hearing g JOIN legal_case l ON l.id = g.legal_case_id
    JOIN case_file c ON c.id = l.case_id JOIN customer u ON u.id = c.customer_id
    JOIN branch b ON b.id = l.branch_id
"""


def _coming(r: Any) -> ComingHearing:
    return ComingHearing(
        r.id, r.heard_on, r.purpose, r.legal_case_id, r.case_id, r.branch_id, LegalKind(r.kind),
        r.forum, r.reference, r.full_name, r.is_past,
    )  # fmt: skip


def _legal_case(r: Any) -> LegalCase:
    hearings = tuple(
        Hearing(UUID(id_), date.fromisoformat(day), purpose, outcome)
        for id_, day, purpose, outcome in r.hearings
    )
    costs = tuple(
        Cost(UUID(id_), paid_for, Money(minor, r.currency), date.fromisoformat(day))
        for id_, paid_for, minor, day in r.costs
    )
    documents = tuple(
        Document(
            UUID(id_), DocumentKind(kind), title, day and date.fromisoformat(day), media_type, size,
            datetime.fromisoformat(kept_at),
        )
        for id_, kind, title, day, media_type, size, kept_at in r.documents
    )  # fmt: skip
    return LegalCase(
        r.id, r.case_id, LegalKind(r.kind), r.forum, r.reference, r.advocate,
        opened(r.advocate_phone), r.filed_on, r.is_held, r.opened_at, r.closed_at,
        LegalOutcome(r.outcome) if r.outcome else None, r.reason, hearings, costs,
        documents, Money(sum(cost.amount.amount_minor for cost in costs), r.currency),
    )  # fmt: skip
