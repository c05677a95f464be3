"""SQL of receipts: the account's open demands, the series, and what was taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.custody.denominations import Denomination
from collection.portfolio.products.store import TERMS_OF_ACCOUNT, read_terms
from collection.portfolio.products.terms import Terms
from collection.portfolio.waterfall import HEAD_ORDER, OpenDemand
from collection.receipts.loan_card import LoanCard
from collection.receipts.payer_day import PayerDay
from collection.receipts.place import Door
from collection.receipts.receipt import Allocation, Number, Receipt
from collection.receipts.tender import Tender
from core.geometry import LatLon
from core.ids import new_id
from core.money import Money
from data.session import Question, Session, ask, rows, run
from identity.policies.policy import Policies
from identity.policies.store import as_policies


@dataclass(frozen=True, slots=True)
class CaseToPay:
    """What a payment must know of its case; `door` is None while the address is not on the map.

    All days up to `closed_to` are closed; `policies` are its branch's.
    """

    branch_id: UUID
    country: str
    account_id: UUID
    currency: str
    dpd: int
    zone: str
    door: Door | None
    closed_to: date | None
    customer_id: UUID
    terms: Terms
    policies: Policies


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt as stored, with the hash of the body that made it."""

    receipt: Receipt
    body_hash: bytes


async def receipt(session: Session, receipt_id: UUID) -> StoredReceipt | None:
    """A receipt in scope by its id."""
    found = await receipts(session, [receipt_id])
    return found[0] if found else None


async def receipts(session: Session, ids: Sequence[UUID]) -> Sequence[StoredReceipt]:
    """The receipts in scope among these ids, in any order."""
    found = await rows(
        session,
        "SELECT r.*, s.prefix, l.prefix AS lease, k.series || '-' || f.number AS leaf"
        " FROM receipt r JOIN receipt_series s ON s.id = r.series_id"
        " LEFT JOIN offline_lease l ON l.id = r.lease_id"
        " LEFT JOIN book_leaf f ON f.receipt_id = r.id LEFT JOIN receipt_book k ON k.id = f.book_id"
        " WHERE r.id = ANY (CAST(:ids AS uuid[]))",
        ids=list(ids),
    )
    parts = await rows(
        session,
        "SELECT a.*, d.due_on FROM receipt_allocation a"
        " JOIN demand d ON d.id = a.demand_id WHERE a.receipt_id = ANY (CAST(:ids AS uuid[]))"
        " ORDER BY d.due_on, d.id",
        ids=[r.id for r in found],
    )
    of: dict[UUID, list[Any]] = {r.id: [] for r in found}
    for part in parts:
        of[part.receipt_id].append(part)
    return [StoredReceipt(_receipt(r, of[r.id]), bytes(r.body_hash)) for r in found]


def _receipt(r: Any, parts: Sequence[Any]) -> Receipt:
    allocations = tuple(
        Allocation(
            p.demand_id,
            p.due_on,
            Money(p.amount_minor, r.currency),
            {
                head: Money(minor, r.currency)
                for head in HEAD_ORDER
                if (minor := getattr(p, f"{head}_minor"))
            },
        )
        for p in parts
    )
    return Receipt(
        r.id, Number(r.series_id, r.prefix, r.number), r.case_id, Money(r.amount_minor, r.currency),
        r.mode, r.mode_reference, r.taken_at, r.received_at, r.distance_m, tuple(r.flags),
        allocations, Money(r.advance_minor, r.currency),
        Money(r.suspense_minor, r.currency), Money(r.outstanding_minor, r.currency),
        None if r.headroom_minor is None else Money(r.headroom_minor, r.currency),
        r.leaf if r.lease is None else f"{r.lease}-{r.lease_number:03d}", r.mode_details, _card(r),
        _tender(r), r.amount_words,
    )  # fmt: skip


def _card(r: Any) -> LoanCard | None:
    if r.loan_card_place is None and r.loan_card_missing is None:
        return None
    return LoanCard(r.loan_card_place, r.loan_card_missing)


def _tender(r: Any) -> Tender | None:
    if r.denominations is None:
        return None
    counted = tuple(Denomination(**each) for each in r.denominations)
    return Tender(counted, Money(r.change_minor, r.currency))


_BRANCHES = """
        SELECT b.id, b.country, b.zone, branch_policies(b.id) AS policies,
               (SELECT max(day) FROM day_close WHERE branch_id = b.id) AS closed_to FROM branch b
"""


def _cases(branches: str) -> str:
    return f"""
        SELECT c.id AS case_id, c.branch_id, b.country, c.account_id, a.currency, c.dpd, b.zone,
               c.customer_id, b.policies, b.closed_to,
               coalesce((f.south + f.north) / 2, f.lat) AS lat,
               coalesce((f.west + f.east) / 2, f.lon) AS lon,
               coalesce(ST_DistanceSphere(ST_MakePoint(f.west, f.south),
                                          ST_MakePoint(f.east, f.north)) / 2,
                        f.radius_m) AS radius_m, t.*
        FROM case_file c JOIN account a ON a.id = c.account_id
        JOIN {branches} b ON b.id = c.branch_id
        LEFT JOIN fence f ON f.address_id = c.address_id
        CROSS JOIN LATERAL ({TERMS_OF_ACCOUNT}) t
    """  # noqa: S608 our own constants


_CASE = f"{_cases(f'({_BRANCHES})')} WHERE c.id = :case"
# What holds for a branch is worked out once, however many of its cases there are.
_SEVERAL_CASES = f"""
        WITH theirs AS MATERIALIZED ({_BRANCHES} WHERE b.id = ANY (CAST(:branches AS uuid[])))
        {_cases("theirs")} WHERE c.id = ANY (CAST(:cases AS uuid[]))
"""


async def case_to_pay(session: Session, case_id: UUID, now: datetime) -> CaseToPay | None:
    """A case in scope, with its account's currency and terms, and where its customer is to be met.

    Premises with a shape count as the circle around their box.
    """
    found = await rows(session, _CASE, case=case_id, now=now)
    return _case(found[0]) if found else None


def cases_to_pay(
    case_ids: Sequence[UUID], branch_ids: Sequence[UUID], now: datetime
) -> Question[Mapping[UUID, CaseToPay]]:
    """Asks for the same of several cases of these branches, by id."""
    return Question(
        _SEVERAL_CASES,
        {"cases": list(case_ids), "branches": list(branch_ids), "now": now},
        lambda found: {r.case_id: _case(r) for r in found},
    )


def first_look(
    receipt_id: UUID, case_id: UUID, now: datetime
) -> Question[tuple[bool, CaseToPay | None]]:
    """Asks whether there is a receipt of this id, and for the case that it is to be for."""
    return Question(
        f"SELECT * FROM (SELECT EXISTS (SELECT FROM receipt WHERE id = :id) AS is_known) k"  # noqa: S608
        f" LEFT JOIN ({_CASE}) c ON true",
        {"id": receipt_id, "case": case_id, "now": now},
        _seen,
    )


def _seen(found: Sequence[Any]) -> tuple[bool, CaseToPay | None]:
    r = found[0]
    return r.is_known, None if r.case_id is None else _case(r)


def _case(r: Any) -> CaseToPay:
    door = None if r.radius_m is None else Door(LatLon(r.lat, r.lon), r.radius_m)
    return CaseToPay(
        r.branch_id, r.country, r.account_id, r.currency, r.dpd, r.zone, door, r.closed_to,
        r.customer_id, read_terms(r), as_policies(r.policies),
    )  # fmt: skip


async def lock_payer(session: Session, customer_id: UUID) -> None:
    """Have cash of one payer taken down one receipt after the other, until the end."""
    await run(
        session,
        "SELECT pg_advisory_xact_lock(hashtextextended('payer' || :customer, 0))",
        customer=str(customer_id),
    )


async def lock_payers(session: Session, case_ids: Sequence[UUID]) -> None:
    """The same for the customers of several cases, in the order of their ids, where a branch holds
    what they pay in cash below a sum."""
    await run(
        session,
        "SELECT pg_advisory_xact_lock(hashtextextended('payer' || p.customer_id, 0)) FROM ("
        " SELECT DISTINCT customer_id FROM case_file WHERE id = ANY (CAST(:cases AS uuid[]))"
        " AND coalesce((branch_policy(branch_id, 'cash_per_payer_below'))::bigint, 0) > 0"
        " ORDER BY customer_id) p",
        cases=list(case_ids),
    )


def trying_payers(customer_ids: Sequence[UUID]) -> Question[set[UUID]]:
    """Does as `lock_payer` for those that nobody else holds, and asks which."""
    return Question(
        "SELECT id FROM unnest(CAST(:payers AS uuid[])) AS payer (id)"
        " WHERE pg_try_advisory_xact_lock(hashtextextended('payer' || id, 0))",
        {"payers": list(customer_ids)},
        lambda found: {r.id for r in found},
    )


def cash_of_payers(days: Sequence[PayerDay]) -> Question[Mapping[PayerDay, Money]]:
    """Asks for what these payers have handed over in cash on these days, to whomever, and was not
    undone."""
    ranges = [day.range for day in days]
    return Question(
        "SELECT cash_of_payer(payer, currency, from_at, to_at) AS minor FROM unnest("
        " CAST(:payers AS uuid[]), CAST(:currencies AS text[]), CAST(:from_at AS timestamptz[]),"
        " CAST(:to_at AS timestamptz[])) WITH ORDINALITY"
        " AS asked (payer, currency, from_at, to_at, n) ORDER BY n",
        {
            "payers": [day.customer_id for day in days],
            "currencies": [day.currency for day in days],
            "from_at": [from_at for from_at, _ in ranges],
            "to_at": [to_at for _, to_at in ranges],
        },
        lambda found: {
            day: Money(its.minor, day.currency) for day, its in zip(days, found, strict=True)
        },
    )


async def lock_branch_series(session: Session, branch_id: UUID) -> str:
    """The currency of a branch whose own till's series is locked until the end; made if need be."""
    await run(
        session,
        "INSERT INTO receipt_series (id, branch_id, prefix)"
        " SELECT :id, id, code || '-DESK' FROM branch WHERE id = :branch ON CONFLICT DO NOTHING",
        id=new_id(),
        branch=branch_id,
    )
    found = await rows(
        session,
        "SELECT b.currency FROM receipt_series s JOIN branch b ON b.id = s.branch_id"
        " WHERE s.branch_id = :branch AND s.agent_id IS NULL FOR NO KEY UPDATE OF s",
        branch=branch_id,
    )
    currency: str = found[0].currency
    return currency


async def next_branch_number(session: Session, branch_id: UUID) -> Number:
    """Take the next number of the series of a branch's own till, which is locked."""
    found = await rows(
        session,
        "UPDATE receipt_series SET next_number = next_number + 1"
        " WHERE branch_id = :branch AND agent_id IS NULL"
        " RETURNING id, prefix, next_number - 1 AS number",
        branch=branch_id,
    )
    return Number(found[0].id, found[0].prefix, found[0].number)


async def lock_open_demands(session: Session, account_id: UUID) -> Sequence[OpenDemand]:
    """An account's unpaid demands, locked in the order of their ids."""
    return (await ask(session, locking_open_demands([account_id])))[account_id]


def locking_open_demands(
    account_ids: Sequence[UUID],
) -> Question[Mapping[UUID, Sequence[OpenDemand]]]:
    """Asks what `lock_open_demands` does, for several accounts, which are locked."""

    def read(found: Sequence[Any]) -> Mapping[UUID, Sequence[OpenDemand]]:
        of: dict[UUID, list[OpenDemand]] = {id_: [] for id_ in account_ids}
        for account_id, *its in found:
            of[account_id].append(OpenDemand(*its))
        return of

    return Question(
        "SELECT account_id, id, due_on, principal_minor, interest_minor, charges_minor,"
        " penal_minor, paid_minor, shifted_to FROM demand"
        " WHERE account_id = ANY (CAST(:accounts AS uuid[])) AND paid_minor < total_minor"
        " ORDER BY id FOR NO KEY UPDATE",
        {"accounts": list(account_ids)},
        read,
    )
