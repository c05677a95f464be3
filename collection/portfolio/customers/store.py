"""SQL of customers as one sees them: with everything that is theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.gate.kinds import Party, party_of
from collection.portfolio.case_list.store import AddressView
from collection.portfolio.customers.account_case import AccountCase
from core.geometry import LatLon
from core.money import Money
from data.sealed import opened
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A record of the source. `merged_into` is the record that it is seen as part of."""

    id: UUID
    source_ref: str
    name: str
    phone: str | None
    language: str | None
    branch: str
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class ContactView:
    """A number or an e-mail address: the source's, without an id, or one that was added.

    `excluded` are the words that keep it from being used today.
    """

    id: UUID | None
    customer_id: UUID
    kind: str
    value: str
    relation: str
    person_name: str | None
    provenance: str
    added_at: datetime | None
    added_by: UUID | None
    verified_at: datetime | None
    excluded: Sequence[str]

    @property
    def party(self) -> Party:
        """What the contact rules take them for."""
        return party_of(self.relation)


@dataclass(frozen=True, slots=True)
class PlaceView:
    """An address of the customer and where it came from."""

    id: UUID
    address: AddressView
    provenance: str


async def records(session: Session, customer_id: UUID) -> Sequence[CustomerRecord]:
    """The record with this id in scope, first, and those that are seen as one with it.

    Asked for a record that was merged into another, that other one comes first.
    """
    found = await rows(
        session,
        """
        WITH kept AS (
            SELECT coalesce((SELECT kept_id FROM customer_merge
                             WHERE merged_id = :id AND undone_at IS NULL), :id) AS id
        )
        SELECT u.id, u.source_ref, u.full_name AS name, u.phone, u.language, b.code AS branch,
               m.kept_id AS merged_into
        FROM kept JOIN customer u ON u.id = kept.id OR u.id IN (
            SELECT merged_id FROM customer_merge WHERE kept_id = kept.id AND undone_at IS NULL)
        JOIN branch b ON b.id = u.branch_id
        LEFT JOIN customer_merge m ON m.merged_id = u.id AND m.undone_at IS NULL
        ORDER BY u.id <> kept.id, u.source_ref
        """,
        id=customer_id,
    )
    return [CustomerRecord(**{**r._asdict(), "phone": opened(r.phone)}) for r in found]


async def customer_of_case(session: Session, case_id: UUID) -> UUID | None:
    """Whose case in scope it is."""
    found = await rows(session, "SELECT customer_id FROM case_file WHERE id = :case", case=case_id)
    return found[0].customer_id if found else None


async def accounts(session: Session, customer_ids: Collection[UUID]) -> Sequence[AccountCase]:
    """The accounts of these customers, those with the most overdue first."""
    found = await rows(
        session,
        """
        SELECT a.id, c.id AS case_id, a.customer_id, a.source_ref, a.product_code, a.currency,
               a.principal_outstanding_minor, c.overdue_minor, c.stage, c.closure, c.bucket, c.dpd,
               s.full_name AS agent,
               (SELECT coalesce(sum(total_minor - paid_minor), 0)::bigint FROM demand d
                WHERE d.account_id = a.id AND d.paid_minor < d.total_minor) AS owed_minor
        FROM account a LEFT JOIN case_file c ON c.account_id = a.id
        LEFT JOIN assignment g ON g.case_id = c.id AND g.channel = 'visit' AND upper_inf(g.during)
        LEFT JOIN staff s ON s.id = g.agent_id
        WHERE a.customer_id = ANY (CAST(:customers AS uuid[]))
        ORDER BY c.overdue_minor DESC NULLS LAST, a.source_ref
        """,
        customers=list(customer_ids),
    )
    return [
        AccountCase(
            r.id, r.case_id, r.customer_id, r.source_ref, r.product_code,
            Money(r.principal_outstanding_minor, r.currency), Money(r.owed_minor, r.currency),
            Money(r.overdue_minor or 0, r.currency), r.stage, r.closure, r.bucket, r.dpd, r.agent,
        )
        for r in found
    ]  # fmt: skip


async def contacts(
    session: Session, customer_ids: Collection[UUID], day: date
) -> Sequence[ContactView]:
    """The source's numbers of these customers and what was added, the source's first."""
    found = await rows(
        session,
        """
        WITH c AS (
            SELECT NULL::uuid AS id, u.id AS customer_id, 'phone' AS kind, u.phone AS value,
                   'customer' AS relation, NULL::bytea AS person_name, 'source' AS provenance,
                   NULL::timestamptz AS added_at, NULL::uuid AS added_by,
                   NULL::timestamptz AS verified_at, u.phone_index AS value_index
            FROM customer u
            WHERE u.id = ANY (CAST(:customers AS uuid[])) AND u.phone IS NOT NULL
            UNION ALL
            SELECT id, customer_id, kind, value, relation, person_name, source, added_at, added_by,
                   verified_at, value_index
            FROM contact_point
            WHERE customer_id = ANY (CAST(:customers AS uuid[])) AND ended_at IS NULL
        )
        SELECT c.*, ARRAY (
            SELECT t.word FROM number_tag t
            WHERE t.customer_id = c.customer_id AND t.value_index = c.value_index
              AND t.lifted_at IS NULL AND (t.until IS NULL OR t.until >= :day)
            ORDER BY t.word) AS excluded
        FROM c ORDER BY added_at NULLS FIRST, c.customer_id, c.id
        """,
        customers=list(customer_ids),
        day=day,
    )
    return [
        ContactView(
            r.id, r.customer_id, r.kind, opened(r.value) or "", r.relation,
            opened(r.person_name), r.provenance, r.added_at, r.added_by, r.verified_at, r.excluded,
        )
        for r in found
    ]  # fmt: skip


async def places(session: Session, customer_ids: Collection[UUID]) -> Sequence[PlaceView]:
    """The addresses of these customers, the source's first."""
    found = await rows(
        session,
        """
        SELECT d.*, f.radius_m, coalesce(f.lat, ST_Y(d.location::geometry)) AS lat,
               coalesce(f.lon, ST_X(d.location::geometry)) AS lon
        FROM address d LEFT JOIN fence f ON f.address_id = d.id
        WHERE d.customer_id = ANY (CAST(:customers AS uuid[]))
        ORDER BY d.provenance <> 'source', d.id
        """,
        customers=list(customer_ids),
    )
    return [PlaceView(r.id, _address(r), r.provenance) for r in found]


def _address(r: Any) -> AddressView:
    at = None if r.lat is None else LatLon(r.lat, r.lon)
    return AddressView(r.line, r.locality, r.pincode, at, r.geocode_quality, r.radius_m)
