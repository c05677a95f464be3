"""SQL of receipts that are being taken: what they wait for, and what they write, any number of them
with each statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from collection.custody.store import COLUMNS, as_till
from collection.custody.till import Till
from collection.portfolio.standing import Standing
from collection.portfolio.waterfall import HEAD_ORDER
from collection.receipts.receipt import Number, Receipt
from collection.receipts.tender import Tender
from core.errors import IdReused
from core.fix import Fix
from core.money import Money
from data.rows_json import as_json
from data.session import Question, Scope, Session, run_last


@dataclass(frozen=True, slots=True)
class Look:
    """What an agent has before a receipt: the till, locked now, unless somebody else had it so;
    whether the receipt's id is taken; and of which account and branch the case is, if the agent
    sees it."""

    till: Till | None
    is_known: bool
    account_id: UUID | None
    branch_id: UUID | None


def looking_as_each(
    asked: Sequence[tuple[UUID, Scope, UUID, UUID]],
) -> Question[Sequence[Look]]:
    """Asks what agents (id and scope) have before receipts (case and id of each), each in that
    agent's own scope, in this order. The transaction is in the last of them afterwards."""
    agents, scopes, cases, receipts = zip(*asked, strict=True)
    return Question(
        _LOOKING,
        {
            "agents": list(agents), "branches": [scope.branches_setting for scope in scopes],
            "cases": list(cases), "receipts": list(receipts),
        },
        lambda found: [
            Look(r.agent_id and as_till(r), r.is_known, r.case_account, r.case_branch)
            for r in found
        ],
    )  # fmt: skip


_LOOKING = f"""
    SELECT is_known, {", ".join(f"(its_till).{name}" for name in COLUMNS)},
           (its_case).account_id AS case_account, (its_case).branch_id AS case_branch
    FROM looked_at_as_each(CAST(:agents AS uuid[]), CAST(:branches AS text[]),
                           CAST(:cases AS uuid[]), CAST(:receipts AS uuid[]))
"""  # noqa: S608 our own constants


def locking_series(agent_ids: Sequence[UUID]) -> Question[Mapping[UUID, Number]]:
    """Asks for the next number of each of these agents' series, locked in the order of their ids.
    Whoever asks has their tills locked."""
    return Question(
        "SELECT agent_id, id, prefix, next_number FROM receipt_series"
        " WHERE agent_id = ANY (CAST(:agents AS uuid[])) ORDER BY id FOR NO KEY UPDATE",
        {"agents": list(agent_ids)},
        lambda found: {agent_id: Number(*its) for agent_id, *its in found},
    )


def locking_accounts(account_ids: Sequence[UUID], *, waits: bool = True) -> Question[set[UUID]]:
    """Locks accounts in the order of their ids, and asks which. Unless it `waits`, those that
    somebody else has locked are left out."""
    how = "FOR NO KEY UPDATE" if waits else "FOR NO KEY UPDATE SKIP LOCKED"
    return Question(
        f"SELECT id FROM account WHERE id = ANY (CAST(:ids AS uuid[])) ORDER BY id {how}",  # noqa: S608
        {"ids": list(account_ids)},
        lambda found: {r.id for r in found},
    )


async def count_on(session: Session, last: Mapping[UUID, int]) -> None:
    """Note the last number that was given of each of these series, which are locked."""
    await run_last(
        session,
        "UPDATE receipt_series s SET next_number = n.last + 1"
        " FROM unnest(CAST(:series AS uuid[]), CAST(:last AS integer[])) AS n (id, last)"
        " WHERE s.id = n.id",
        series=list(last),
        last=list(last.values()),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A receipt as it is stored: of which branch and account, whose, and from which body.

    `agent_id` took it, `taken_by` at the desk, or nobody: then it is an online payment's.
    """

    receipt: Receipt
    branch_id: UUID
    account_id: UUID
    body_hash: bytes
    agent_id: UUID | None = None
    taken_by: UUID | None = None
    online_payment_id: UUID | None = None
    fix: Fix | None = None
    lease_id: UUID | None = None
    lease_number: int | None = None


_COLUMNS = (
    "id", "branch_id", "account_id", "case_id", "agent_id", "taken_by", "online_payment_id",
    "series_id", "number", "mode", "mode_reference", "mode_details", "loan_card_place",
    "loan_card_missing", "amount_minor", "advance_minor", "suspense_minor", "outstanding_minor",
    "headroom_minor", "currency", "taken_at", "received_at", "fix", "distance_m", "flags",
    "body_hash", "denominations", "change_minor", "amount_words", "lease_id", "lease_number",
)  # fmt: skip
# One behind the other in each series: a receipt holds the hash of the one before it.
_ADD = f"""
INSERT INTO receipt ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)}
FROM jsonb_populate_recordset(CAST(NULL AS receipt), CAST(:receipts AS jsonb))
ORDER BY series_id, number
"""  # noqa: S608 our own constants


async def add_receipts(session: Session, added: Sequence[Row]) -> None:
    """Store receipts, at the end of the transaction. Raises `IdReused` then when the id of the only
    one is taken, by whomever; of several, `DatabaseError`."""
    only = added[0].receipt.id if len(added) == 1 else None
    await run_last(
        session,
        _ADD,
        refusals={"pk_receipt": IdReused("receipt", str(only))} if only else None,
        receipts=as_json([_columns(row) for row in added]),
    )


def _columns(row: Row) -> Mapping[str, Any]:
    its = row.receipt
    return {
        "id": its.id,
        "branch_id": row.branch_id,
        "account_id": row.account_id,
        "case_id": its.case_id,
        "agent_id": row.agent_id,
        "taken_by": row.taken_by,
        "online_payment_id": row.online_payment_id,
        "series_id": its.number.series_id,
        "number": its.number.number,
        "mode": its.mode,
        "mode_reference": its.mode_reference,
        "mode_details": dict(its.mode_details),
        "loan_card_place": its.loan_card.place if its.loan_card else None,
        "loan_card_missing": its.loan_card.missing_because if its.loan_card else None,
        "amount_minor": its.amount.amount_minor,
        "advance_minor": its.advance.amount_minor,
        "suspense_minor": its.suspense.amount_minor,
        "outstanding_minor": its.outstanding.amount_minor,
        "headroom_minor": its.headroom.amount_minor if its.headroom else None,
        "currency": its.amount.currency,
        "taken_at": its.taken_at,
        "received_at": its.received_at,
        "fix": row.fix.as_json() if row.fix else None,
        "distance_m": its.distance_m,
        "flags": its.flags,
        "body_hash": rf"\x{row.body_hash.hex()}",
        "denominations": _notes(its.tender),
        "change_minor": its.tender.change.amount_minor if its.tender else 0,
        "amount_words": its.amount_words,
        "lease_id": row.lease_id,
        "lease_number": row.lease_number,
    }


def _notes(tender: Tender | None) -> list[Mapping[str, int]] | None:
    return [asdict(each) for each in tender.denominations] if tender else None


@dataclass(frozen=True, slots=True)
class Payment:
    """What a receipt does to its account: how late it is then, as of a day."""

    account_id: UUID
    receipt: Receipt
    standing: Standing
    as_of: date


# In arrays, whose lengths are known when it is planned: rows of JSON would be taken for many.
_PAY_DOWN = """
WITH part AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:receipts AS uuid[]), CAST(:demands AS uuid[]),
        CAST(:minor AS bigint[]), CAST(:charges AS bigint[]), CAST(:penal AS bigint[]),
        CAST(:interest AS bigint[]), CAST(:principal AS bigint[]))
        AS p (receipt_id, demand_id, minor, charges, penal, interest, principal)
), kept AS (
    INSERT INTO receipt_allocation (receipt_id, demand_id, amount_minor, charges_minor, penal_minor,
        interest_minor, principal_minor)
    SELECT * FROM part
), paid AS (
    UPDATE demand d SET paid_minor = d.paid_minor + p.minor
    FROM unnest(CAST(:paid AS uuid[]), CAST(:paid_minor AS bigint[])) AS p (id, minor)
    WHERE d.id = p.id
), standing AS (
    UPDATE case_file c SET dpd = s.dpd, bucket = s.bucket, section = s.section,
        overdue_minor = s.overdue, as_of = s.as_of
    FROM unnest(CAST(:accounts AS uuid[]), CAST(:dpd AS integer[]), CAST(:bucket AS text[]),
        CAST(:section AS text[]), CAST(:overdue AS bigint[]), CAST(:as_of AS date[]))
        AS s (account_id, dpd, bucket, section, overdue, as_of)
    WHERE c.account_id = s.account_id
)
UPDATE account a SET advance_minor = a.advance_minor + o.minor
FROM unnest(CAST(:over AS uuid[]), CAST(:over_minor AS bigint[])) AS o (id, minor)
WHERE a.id = o.id
"""


async def pay_down(session: Session, payments: Sequence[Payment]) -> None:
    """Put receipts' money to the demands that they pay, and what is over to the advance (suspense
    is in the ledger alone); set how late each case is behind its last. At the end of the
    transaction, in which the accounts are locked."""
    parts = [(p.receipt.id, part) for p in payments for part in p.receipt.allocations]
    nothing = Money(0, payments[0].receipt.amount.currency)
    heads: dict[str, Any] = {
        head: [part.heads.get(head, nothing).amount_minor for _, part in parts]
        for head in HEAD_ORDER
    }
    paid = _summed((part.demand_id, part.amount.amount_minor) for _, part in parts)
    over = _summed((p.account_id, p.receipt.advance.amount_minor) for p in payments)
    over = {id_: minor for id_, minor in over.items() if minor}
    last = {p.account_id: p for p in payments}
    await run_last(
        session,
        _PAY_DOWN,
        receipts=[id_ for id_, _ in parts],
        demands=[part.demand_id for _, part in parts],
        minor=[part.amount.amount_minor for _, part in parts],
        **heads,
        paid=list(paid),
        paid_minor=list(paid.values()),
        accounts=list(last),
        dpd=[p.standing.dpd for p in last.values()],
        bucket=[p.standing.bucket for p in last.values()],
        section=[p.standing.section.value for p in last.values()],
        overdue=[p.standing.overdue.amount_minor for p in last.values()],
        as_of=[p.as_of for p in last.values()],
        over=list(over),
        over_minor=list(over.values()),
    )


def _summed(amounts: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    sums: dict[UUID, int] = {}
    for id_, minor in amounts:
        sums[id_] = sums.get(id_, 0) + minor
    return sums
