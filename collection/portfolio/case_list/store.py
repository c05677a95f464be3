"""SQL of cases as they are looked at: page by page, and one with all that happened on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from collection.field_notes.next_actions.store import COMES_NEXT
from collection.portfolio.dpd import Section
from collection.receipts.number_sql import FULL_NUMBER
from core.geometry import LatLon
from core.money import Money
from data.sealed import opened
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """What the customer promised last."""

    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class AddressView:
    """Where the customer can be visited; `position` is None while that is not on the map."""

    line: str
    locality: str | None
    pincode: str | None
    position: LatLon | None
    geocode_quality: str | None
    fence_radius_m: float | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case. `outstanding` is all that is unpaid of its demands, `overdue` what has fallen due."""

    id: UUID
    customer: str
    phone: str | None
    language: str | None
    account: str
    product_code: str
    outstanding: Money
    overdue: Money
    dpd: int
    bucket: str
    section: Section
    urgency: float
    urgency_factors: Sequence[dict[str, Any]]
    promise: OpenPromise | None
    address: AddressView
    preferred_from: time | None
    preferred_to: time | None


@dataclass(frozen=True, slots=True)
class DemandView:
    """An open demand, head by head, and what is unpaid of it."""

    id: UUID
    due_on: date
    installment_no: int | None
    arrears_plan_id: UUID | None
    principal: Money
    interest: Money
    charges: Money
    penal: Money
    total: Money
    unpaid: Money


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account behind a case, as of its last demand file, and what was paid in advance."""

    source_ref: str
    product_code: str
    product_type: str
    currency: str
    principal_outstanding: Money
    emi: Money | None
    advance: Money
    last_payment_on: date | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a case: ``receipt``, ``check_in`` or ``promise``."""

    kind: str
    id: UUID
    at: datetime
    amount: Money | None
    facts: dict[str, Any]


CASE = """
    SELECT c.id, u.full_name, u.phone, u.language, a.source_ref, a.product_code, a.currency,
           due.minor AS outstanding_minor, c.overdue_minor, c.dpd, c.bucket, c.section, c.urgency,
           c.urgency_factors, p.amount_minor AS promised_minor, p.due_on AS promised_on,
           d.line, d.locality, d.pincode, d.geocode_quality, f.radius_m, c.preferred_from,
           c.preferred_to, coalesce(f.lat, ST_Y(d.location::geometry)) AS lat,
           coalesce(f.lon, ST_X(d.location::geometry)) AS lon
    FROM case_file c
    JOIN account a ON a.id = c.account_id
    JOIN customer u ON u.id = c.customer_id
    JOIN address d ON d.id = c.address_id
    LEFT JOIN fence f ON f.address_id = c.address_id
    LEFT JOIN promise p ON p.account_id = c.account_id AND p.state = 'open'
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(total_minor - paid_minor), 0)::bigint AS minor FROM demand
        WHERE account_id = c.account_id AND paid_minor < total_minor
    ) due ON true
"""


async def cases_of(
    session: Session, agent_id: UUID, *, after: tuple[float, UUID] | None, limit: int
) -> list[CaseView]:
    """An agent's open cases, the most urgent first, behind the one at `after`."""
    urgency, case_id = after or (None, None)
    found = await rows(
        session,
        f"""
        {CASE}
        JOIN assignment g ON g.case_id = c.id AND g.agent_id = :agent AND upper_inf(g.during)
        WHERE c.closed_at IS NULL AND (CAST(:urgency AS float8) IS NULL
            OR (-c.urgency, c.id) > (-CAST(:urgency AS float8), CAST(:id AS uuid)))
        ORDER BY -c.urgency, c.id LIMIT :limit
        """,
        agent=agent_id,
        urgency=urgency,
        id=case_id,
        limit=limit,
    )
    return [_case(r) for r in found]


async def case(session: Session, case_id: UUID) -> CaseView | None:
    """A case in scope."""
    found = await rows(session, f"{CASE} WHERE c.id = :case", case=case_id)
    return _case(found[0]) if found else None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a case: whose it is, who works it, and what comes next."""

    customer_id: UUID
    branch: str
    zone: str
    agent: str | None
    next_action: str | None
    next_on: date | None


async def around(session: Session, case_id: UUID, now: datetime) -> Around | None:
    """What stands around a case in scope."""
    found = await rows(
        session,
        f"""
        SELECT c.customer_id, b.code, b.zone, s.full_name, n.kind, n.due_on
        FROM case_file c JOIN branch b ON b.id = c.branch_id
        LEFT JOIN assignment g ON g.case_id = c.id AND g.channel = 'visit' AND upper_inf(g.during)
        LEFT JOIN staff s ON s.id = g.agent_id
        LEFT JOIN LATERAL ({COMES_NEXT}) n ON true
        WHERE c.id = :case
        """,  # noqa: S608 our own constants
        case=case_id,
        now=now,
    )
    return Around(*found[0]) if found else None


async def cases_of_day(
    session: Session, agent_id: UUID, also: Collection[UUID], limit: int
) -> list[CaseView]:
    """An agent's open cases and these beside them, lent ones say; the most urgent first."""
    found = await rows(
        session,
        f"""
        {CASE}
        WHERE c.id = ANY(CAST(:also AS uuid[])) OR c.closed_at IS NULL AND EXISTS (
            SELECT FROM assignment g
            WHERE g.case_id = c.id AND g.agent_id = :agent AND upper_inf(g.during))
        ORDER BY -c.urgency, c.id LIMIT :limit
        """,
        agent=agent_id,
        also=list(also),
        limit=limit,
    )
    return [_case(r) for r in found]


async def cases_with_form(session: Session, case_ids: Collection[UUID]) -> set[UUID]:
    """Those of some cases in scope whose customer has given a Customer Authorization Form, to
    whomever."""
    found = await rows(
        session,
        """
        WITH asked AS MATERIALIZED (
            SELECT id, customer_id FROM case_file WHERE id = ANY(CAST(:cases AS uuid[])))
        SELECT id FROM asked WHERE customer_id IN (
            SELECT customers_with_form((SELECT array_agg(customer_id) FROM asked)))
        """,
        cases=list(case_ids),
    )
    return {r.id for r in found}


async def account_of(session: Session, case_id: UUID) -> AccountView:
    """The account of a case in scope."""
    found = await rows(
        session,
        "SELECT a.* FROM account a JOIN case_file c ON c.account_id = a.id WHERE c.id = :case",
        case=case_id,
    )
    r = found[0]
    return AccountView(
        r.source_ref, r.product_code, r.product_type, r.currency,
        Money(r.principal_outstanding_minor, r.currency),
        None if r.emi_minor is None else Money(r.emi_minor, r.currency),
        Money(r.advance_minor, r.currency), r.last_payment_on,
    )  # fmt: skip


async def open_demands_of(
    session: Session, case_ids: Collection[UUID]
) -> dict[UUID, list[DemandView]]:
    """What is unpaid on each of these cases, the oldest first."""
    found = await rows(
        session,
        """
        SELECT c.id AS case_id, d.*, a.currency
        FROM case_file c JOIN account a ON a.id = c.account_id
        JOIN demand d ON d.account_id = a.id AND d.paid_minor < d.total_minor
        WHERE c.id = ANY(CAST(:cases AS uuid[])) ORDER BY d.due_on, d.id
        """,
        cases=list(case_ids),
    )
    demands: dict[UUID, list[DemandView]] = {case_id: [] for case_id in case_ids}
    for r in found:
        demands[r.case_id].append(_demand(r))
    return demands


async def timelines_of(
    session: Session, case_ids: Collection[UUID], limit: int
) -> dict[UUID, list[Happening]]:
    """What happened last on each of these cases, the newest first; at most `limit` of each."""
    found = await rows(
        session,
        f"""
        SELECT c.case_id, h.* FROM unnest(CAST(:cases AS uuid[])) AS c (case_id)
        CROSS JOIN LATERAL (
            SELECT 'receipt' AS kind, r.id, r.taken_at AS at, r.amount_minor, r.currency,
                   jsonb_build_object('number', {FULL_NUMBER},
                                      'mode', r.mode, 'flags', to_jsonb(r.flags)) AS facts
            FROM receipt r JOIN receipt_series q ON q.id = r.series_id
            WHERE r.case_id = c.case_id
            UNION ALL
            SELECT 'check_in', i.id, i.device_time, NULL, NULL,
                   jsonb_build_object('verdict', i.verdict, 'distance_m', i.distance_m,
                                      'outcome', o.outcome, 'note', o.note)
            FROM check_in i LEFT JOIN check_out o ON o.check_in_id = i.id
            WHERE i.case_id = c.case_id
            UNION ALL
            SELECT 'promise', p.id, p.made_at, p.amount_minor, p.currency,
                   jsonb_build_object('due_on', p.due_on, 'state', p.state, 'source', p.source)
            FROM promise p WHERE p.case_id = c.case_id
            ORDER BY at DESC, id LIMIT :limit
        ) h ORDER BY h.at DESC, h.id
        """,  # noqa: S608 our own constant
        cases=list(case_ids),
        limit=limit,
    )
    happenings: dict[UUID, list[Happening]] = {case_id: [] for case_id in case_ids}
    for r in found:
        amount = None if r.currency is None else Money(r.amount_minor, r.currency)
        happenings[r.case_id].append(Happening(r.kind, r.id, r.at, amount, r.facts))
    return happenings


def _demand(r: Any) -> DemandView:
    return DemandView(
        r.id, r.due_on, r.installment_no, r.arrears_plan_id,
        Money(r.principal_minor, r.currency),
        Money(r.interest_minor, r.currency), Money(r.charges_minor, r.currency),
        Money(r.penal_minor, r.currency), Money(r.total_minor, r.currency),
        Money(r.total_minor - r.paid_minor, r.currency),
    )  # fmt: skip


def _case(r: Any) -> CaseView:
    promised = None
    if r.promised_minor is not None:
        promised = OpenPromise(Money(r.promised_minor, r.currency), r.promised_on)
    at = None if r.lat is None else LatLon(r.lat, r.lon)
    where = AddressView(r.line, r.locality, r.pincode, at, r.geocode_quality, r.radius_m)
    return CaseView(
        r.id, r.full_name, opened(r.phone), r.language, r.source_ref, r.product_code,
        Money(r.outstanding_minor, r.currency), Money(r.overdue_minor, r.currency), r.dpd,
        r.bucket, Section(r.section), r.urgency, r.urgency_factors, promised, where,
        r.preferred_from, r.preferred_to,
    )  # fmt: skip
