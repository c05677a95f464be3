"""SQL of tills, the journal, deposits and the alerts about cash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from collection.custody.denominations import Denomination as Counted
from collection.custody.deposit import Deposit, Target
from collection.custody.ledger import Entry, Kind, LedgerAccount
from collection.custody.ledger import Posting as Moved
from collection.custody.till import Till
from core.ids import new_id
from core.money import Money
from data.session import Session, rows
from data.tables.custody import Denomination, JournalEntry, Posting, ReceiptSeries
from data.tables.custody import Deposit as DepositRow
from data.tables.custody import Till as TillRow


@dataclass(frozen=True, slots=True)
class StoredDeposit:
    """A deposit as stored: whose it is, who counted it, and the hash of the body that made it."""

    deposit: Deposit
    branch_id: UUID
    agent_id: UUID
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    body_hash: bytes


DEPOSIT = "SELECT * FROM deposit WHERE id = :id"
TILL = "SELECT agent_id, branch_id, currency, in_hand_minor, reserved_minor, limit_minor FROM till"


def _till(found: Sequence[Any]) -> Till | None:
    if not found:
        return None
    r = found[0]
    held, reserved, limit = (
        Money(minor, r.currency) for minor in (r.in_hand_minor, r.reserved_minor, r.limit_minor)
    )
    return Till(r.agent_id, r.branch_id, held, reserved, limit)


async def till(session: Session, agent_id: UUID) -> Till | None:
    """An agent's till."""
    return _till(await rows(session, f"{TILL} WHERE agent_id = :agent", agent=agent_id))


async def lock_till(session: Session, agent_id: UUID) -> Till | None:
    """An agent's till, locked until the end: the agent's money moves one fact at a time."""
    return _till(
        await rows(session, f"{TILL} WHERE agent_id = :agent FOR NO KEY UPDATE", agent=agent_id)
    )


async def move_cash(session: Session, agent_id: UUID, minor: int) -> Till | None:
    """Put cash into a till (or take it out: negative). None when its bounds do not allow it."""
    return _till(
        await rows(
            session,
            """
            UPDATE till SET in_hand_minor = in_hand_minor + :minor
            WHERE agent_id = :agent AND in_hand_minor + :minor >= 0
              AND (:minor < 0 OR in_hand_minor + reserved_minor + :minor <= limit_minor)
            RETURNING agent_id, branch_id, currency, in_hand_minor, reserved_minor, limit_minor
            """,
            agent=agent_id,
            minor=minor,
        )
    )


async def lock_branch(session: Session, branch_id: UUID) -> str:
    """The code of a branch, whose new series are numbered one at a time from here on."""
    found = await rows(
        session, "SELECT code FROM branch WHERE id = :branch FOR NO KEY UPDATE", branch=branch_id
    )
    code: str = found[0].code
    return code


async def count_series(session: Session, branch_id: UUID) -> int:
    """How many receipt series a branch has."""
    found = await rows(
        session,
        "SELECT count(*) AS series FROM receipt_series WHERE branch_id = :branch",
        branch=branch_id,
    )
    count: int = found[0].series
    return count


async def add_till(
    session: Session, agent_id: UUID, branch_id: UUID, limit: Money, series_prefix: str
) -> None:
    """Add an empty till and a receipt series that begins at 1."""
    await session.execute(
        insert(TillRow).values(
            agent_id=agent_id,
            branch_id=branch_id,
            currency=limit.currency,
            limit_minor=limit.amount_minor,
        )
    )
    await session.execute(
        insert(ReceiptSeries).values(
            id=new_id(), branch_id=branch_id, agent_id=agent_id, prefix=series_prefix
        )
    )


async def write_entry(session: Session, branch_id: UUID, entry: Entry, now: datetime) -> None:
    """Append an entry to the journal."""
    entry_id = new_id()
    await session.execute(
        insert(JournalEntry).values(
            id=entry_id,
            branch_id=branch_id,
            kind=entry.kind.value,
            source_id=entry.source_id,
            entered_at=now,
            reverses_id=entry.reverses,
        )
    )
    await session.execute(
        insert(Posting).values(
            [
                {
                    "entry_id": entry_id,
                    "line": line,
                    "branch_id": branch_id,
                    "ledger_account": posting.account.value,
                    "owner_id": posting.owner_id,
                    "amount_minor": posting.amount.amount_minor,
                    "currency": posting.amount.currency,
                }
                for line, posting in enumerate(entry.postings, start=1)
            ]
        )
    )


async def entry_of(session: Session, kind: Kind, source_id: UUID) -> tuple[UUID, tuple[Moved, ...]]:
    """The id and the postings of the entry that an event made; there must be one."""
    found = await rows(
        session,
        "SELECT p.* FROM journal_entry e JOIN posting p ON p.entry_id = e.id"
        " WHERE e.kind = :kind AND e.source_id = :source ORDER BY p.line",
        kind=kind.value,
        source=source_id,
    )
    postings = tuple(
        Moved(LedgerAccount(r.ledger_account), r.owner_id, Money(r.amount_minor, r.currency))
        for r in found
    )
    return found[0].entry_id, postings


async def deposit(
    session: Session, deposit_id: UUID, *, lock: bool = False
) -> StoredDeposit | None:
    """A deposit in scope by its id."""
    found = await rows(session, DEPOSIT + (" FOR NO KEY UPDATE" if lock else ""), id=deposit_id)
    if not found:
        return None
    r = found[0]
    counted = await denominations(session, [r.id])
    made = Deposit(
        r.id, Money(r.amount_minor, r.currency), counted[r.id], Target(r.target), r.slip_no,
        r.deposited_at, r.posted_at, Money(r.left_minor, r.currency),
    )  # fmt: skip
    return StoredDeposit(
        made, r.branch_id, r.agent_id, r.acknowledged_at, r.acknowledged_by, bytes(r.body_hash)
    )


async def denominations(
    session: Session, deposit_ids: Sequence[UUID]
) -> dict[UUID, tuple[Counted, ...]]:
    """The notes and coins of deposits, highest face first."""
    found = await rows(
        session,
        "SELECT deposit_id, face_minor, count FROM denomination WHERE deposit_id = ANY(:ids)"
        " ORDER BY face_minor DESC",
        ids=list(deposit_ids),
    )
    counted: dict[UUID, list[Counted]] = {deposit_id: [] for deposit_id in deposit_ids}
    for r in found:
        counted[r.deposit_id].append(Counted(r.face_minor, r.count))
    return {deposit_id: tuple(faces) for deposit_id, faces in counted.items()}


async def add_deposit(
    session: Session, branch_id: UUID, agent_id: UUID, made: Deposit, body_hash: bytes
) -> bool:
    """Store a deposit with its denominations. False when its id is taken, by whomever."""
    added = await session.execute(
        upsert(DepositRow)
        .values(
            id=made.id,
            branch_id=branch_id,
            agent_id=agent_id,
            amount_minor=made.amount.amount_minor,
            left_minor=made.left_in_hand.amount_minor,
            currency=made.amount.currency,
            target=made.target.value,
            slip_no=made.slip_no,
            deposited_at=made.deposited_at,
            posted_at=made.posted_at,
            body_hash=body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(DepositRow.id)
    )
    if added.scalar_one_or_none() is None:
        return False
    await session.execute(
        insert(Denomination).values(
            [
                {"deposit_id": made.id, "face_minor": d.face_minor, "count": d.count}
                for d in made.denominations
            ]
        )
    )
    return True


async def set_acknowledged(
    session: Session, deposit_id: UUID, staff_id: UUID, now: datetime
) -> None:
    """Note who counted a deposit, and when."""
    await session.execute(
        update(DepositRow)
        .where(DepositRow.id == deposit_id)
        .values(acknowledged_at=now, acknowledged_by=staff_id)
    )


async def agent_name(session: Session, agent_id: UUID) -> str:
    """The full name of an agent in scope."""
    found = await rows(session, "SELECT full_name FROM staff WHERE id = :id", id=agent_id)
    name: str = found[0].full_name
    return name


async def tills_in_doubt(session: Session) -> list[UUID]:
    """Agents whose cash in hand is not cash receipts less deposits, or not what the ledger says."""
    found = await rows(
        session,
        """
        SELECT agent_id FROM till t WHERE in_hand_minor IS DISTINCT FROM
            (SELECT coalesce(sum(r.amount_minor), 0) FROM receipt r
             WHERE r.agent_id = t.agent_id AND r.mode = 'cash')
            - (SELECT coalesce(sum(d.amount_minor), 0) FROM deposit d
               WHERE d.agent_id = t.agent_id)
          OR in_hand_minor IS DISTINCT FROM
            (SELECT coalesce(sum(p.amount_minor), 0) FROM posting p
             WHERE p.ledger_account = 'agent_cash' AND p.owner_id = t.agent_id)
        """,
    )
    return [r.agent_id for r in found]
