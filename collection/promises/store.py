"""SQL of promises."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.promises.promise import COUNTED_DAYS, Override, Owed, Promise
from core.money import Money
from data.session import Session, rows
from data.tables.collection import Promise as PromiseRow


@dataclass(frozen=True, slots=True)
class StoredPromise:
    """A promise as stored: who took it down, and the hash of the body that made it."""

    promise: Promise
    agent_id: UUID | None
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class CaseToPromise:
    """What a promise must know of its case."""

    branch_id: UUID
    zone: str
    account_id: UUID
    currency: str


async def promise(session: Session, promise_id: UUID) -> StoredPromise | None:
    """A promise in scope by its id."""
    found = await rows(session, "SELECT * FROM promise WHERE id = :id", id=promise_id)
    if not found:
        return None
    r = found[0]
    amount = Money(r.amount_minor, r.currency)
    made = Promise(r.id, r.case_id, amount, r.due_on, r.made_at, r.due_from, r.due_to)
    return StoredPromise(made, r.agent_id, bytes(r.body_hash))


async def case_to_promise(session: Session, case_id: UUID) -> CaseToPromise | None:
    """A case in scope."""
    found = await rows(
        session,
        "SELECT c.branch_id, b.zone, c.account_id, a.currency FROM case_file c"
        " JOIN branch b ON b.id = c.branch_id JOIN account a ON a.id = c.account_id"
        " WHERE c.id = :case",
        case=case_id,
    )
    return CaseToPromise(*found[0]) if found else None


async def owed(session: Session, case: CaseToPromise, day: date, at: datetime) -> Owed:
    """What is owed on a case's account on `day`, and how often it was promised before `at`."""
    found = await rows(
        session,
        """
        SELECT coalesce(sum(total_minor - paid_minor), 0)::bigint AS outstanding_minor,
               coalesce(sum(total_minor - paid_minor)
                        FILTER (WHERE coalesce(shifted_to, due_on) <= :day), 0)::bigint
                   AS overdue_minor,
               (SELECT count(*) FROM promise p WHERE p.account_id = :account
                AND p.made_at > CAST(:at AS timestamptz) - make_interval(days => :counted))
                   AS promises
        FROM demand WHERE account_id = :account AND paid_minor < total_minor
        """,
        account=case.account_id,
        day=day,
        at=at,
        counted=COUNTED_DAYS,
    )
    outstanding, overdue = (
        Money(minor, case.currency)
        for minor in (found[0].outstanding_minor, found[0].overdue_minor)
    )
    return Owed(outstanding, overdue, found[0].promises)


async def open_promise_made_at(session: Session, account_id: UUID) -> datetime | None:
    """When the account's open promise was made, if there is one."""
    found = await rows(
        session,
        "SELECT made_at FROM promise WHERE account_id = :account AND state = 'open'",
        account=account_id,
    )
    return found[0].made_at if found else None


async def replace_open_promise(session: Session, account_id: UUID) -> None:
    """Make room for a new promise on an account."""
    await session.execute(
        update(PromiseRow)
        .where(PromiseRow.account_id == account_id, PromiseRow.state == "open")
        .values(state="replaced")
    )


async def add_promise(
    session: Session,
    agent_id: UUID | None,
    case: CaseToPromise,
    made: Promise,
    state: str,
    body_hash: bytes,
    overridden: tuple[Override, list[str]] | None,
) -> bool:
    """Store a promise, and by whose authority it is beyond which policies. False when its id is
    taken, by whomever."""
    override, beyond = overridden or (None, None)
    added = await session.execute(
        upsert(PromiseRow)
        .values(
            id=made.id,
            branch_id=case.branch_id,
            account_id=case.account_id,
            case_id=made.case_id,
            agent_id=agent_id,
            amount_minor=made.amount.amount_minor,
            currency=made.amount.currency,
            due_on=made.due_on,
            due_from=made.due_from,
            due_to=made.due_to,
            made_at=made.made_at,
            source="desk" if agent_id is None else "agent",
            state=state,
            beyond=beyond,
            overridden_by=override and override.by,
            override_reason=override and override.reason,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(PromiseRow.id)
    )
    return added.scalar_one_or_none() is not None
