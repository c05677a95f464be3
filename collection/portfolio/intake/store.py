"""SQL of the intake of demand files.

The rows of a file are copied into a temporary table, `incoming`, and everything else is done set
by set from there. A row that meets what is already known in a way that must not be is deleted
from `incoming` and handed back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from collection.portfolio.geocode import GeocodeAnswer
from core.money import Money
from data.session import Session, copy_rows, rows, run
from data.tables.intake import DemandFileImport

INCOMING = {
    "line": "int", "branch_id": "uuid", "customer_ref": "text", "full_name": "text",
    "phone": "bytea", "phone_index": "bytea", "language": "text", "account_ref": "text",
    "product_code": "text", "address": "text", "locality": "text", "pincode": "text",
    "lat": "float8", "lon": "float8", "due_on": "date", "installment_no": "int",
    "principal_minor": "bigint", "interest_minor": "bigint", "charges_minor": "bigint",
    "penal_minor": "bigint", "total_minor": "bigint", "emi_minor": "bigint", "pos_minor": "bigint",
    "dpd": "int", "last_payment_on": "date", "promise_on": "date", "promise_minor": "bigint",
    "preferred_from": "time", "preferred_to": "time",
    "guarantor_name": "bytea", "guarantor_mobile": "bytea", "guarantor_index": "bytea",
    "co_borrower_name": "bytea", "co_borrower_mobile": "bytea", "co_borrower_index": "bytea",
}  # fmt: skip
"""What is copied, in this order; the ids are filled in as they become known."""


async def one_at_a_time(session: Session) -> None:
    """Wait until no other file is being taken in."""
    await run(session, "SELECT pg_advisory_xact_lock(hashtext('demand-file'))")


async def known_import(session: Session, branch_id: UUID, file_hash: bytes) -> Any | None:
    """The import of these bytes by this branch that was not taken back."""
    found = await rows(
        session,
        "SELECT * FROM demand_file_import WHERE branch_id = :branch AND file_hash = :hash"
        " AND taken_back_at IS NULL",
        branch=branch_id,
        hash=file_hash,
    )
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A file that was taken in, with how many rows had problems or have no place on the map, and
    how many cells were corrected before.

    `is_kept` tells whether it is kept what the file has changed, so that it can be taken back.
    """

    id: UUID
    branch: str
    file_name: str
    business_date: date
    imported_at: datetime
    imported_by: str | None
    rows_read: int
    rows_loaded: int
    total_due: Money
    problems: int
    unplaced: int
    corrected: int
    is_kept: bool
    taken_back_at: datetime | None
    taken_back_by: str | None
    taken_back_because: str | None


async def imports(session: Session, limit: int) -> Sequence[ImportLine]:
    """The newest imports in scope."""
    found = await rows(
        session,
        "SELECT i.id, b.code, i.file_name, i.business_date, i.imported_at, s.full_name,"
        " i.rows_read, i.rows_loaded, i.total_due_minor, b.currency,"
        " jsonb_array_length(i.problems) AS problems, jsonb_array_length(i.unplaced) AS unplaced,"
        " jsonb_array_length(i.corrected) AS corrected,"
        " EXISTS (SELECT FROM demand_file_change x WHERE x.import_id = i.id) AS is_kept,"
        " i.taken_back_at, t.full_name AS taken_back_by, i.taken_back_because"
        " FROM demand_file_import i JOIN branch b ON b.id = i.branch_id"
        " LEFT JOIN staff s ON s.id = i.imported_by LEFT JOIN staff t ON t.id = i.taken_back_by"
        " ORDER BY i.imported_at DESC, i.id DESC LIMIT :limit",
        limit=limit,
    )
    return [
        ImportLine(
            r.id,
            r.code,
            r.file_name,
            r.business_date,
            r.imported_at,
            r.full_name,
            r.rows_read,
            r.rows_loaded,
            Money(r.total_due_minor, r.currency),
            r.problems,
            r.unplaced,
            r.corrected,
            r.is_kept,
            r.taken_back_at,
            r.taken_back_by,
            r.taken_back_because,
        )
        for r in found
    ]


async def add_import(session: Session, **values: Any) -> None:
    """Keep the report of an import."""
    await session.execute(insert(DemandFileImport).values(**values))


async def erased_references(session: Session) -> set[bytes]:
    """The lender's numbers of customers who were erased, as keyed hashes."""
    return {
        bytes(r.reference_index)
        for r in await rows(session, "SELECT reference_index FROM erased_reference")
    }


async def stage(session: Session, incoming: Iterable[Sequence[Any]]) -> None:
    """Copy rows with the columns of `INCOMING` into the temporary table."""
    await copy_rows(session, "incoming", INCOMING, incoming)
    await run(
        session,
        "ALTER TABLE incoming ADD customer_id uuid, ADD address_id uuid, ADD account_id uuid,"
        " ADD is_news boolean, ADD product_type text",
    )


async def add_customers(session: Session, now: datetime) -> Sequence[Any]:
    """Add customers that are new; rows (line, branch_code, other) that another branch has."""
    await run(
        session,
        """
        INSERT INTO customer (id, branch_id, source_ref, full_name, phone, phone_index, language)
        SELECT uuid_v7(:at), i.* FROM (
            SELECT DISTINCT ON (customer_ref) branch_id, customer_ref, full_name, phone,
                   phone_index, language
            FROM incoming ORDER BY customer_ref, line) i
        ON CONFLICT (source_ref) DO NOTHING
        """,
        at=now,
    )
    await run(
        session,
        "UPDATE incoming i SET customer_id = c.id FROM customer c"
        " WHERE c.source_ref = i.customer_ref AND c.branch_id = i.branch_id",
    )
    return await rows(
        session,
        """
        WITH gone AS (DELETE FROM incoming WHERE customer_id IS NULL RETURNING *)
        SELECT g.line, g.customer_ref, mine.code AS branch_code, other.code AS other
        FROM gone g JOIN branch mine ON mine.id = g.branch_id
        LEFT JOIN customer c ON c.source_ref = g.customer_ref
        LEFT JOIN branch other ON other.id = c.branch_id
        """,
    )


async def add_accounts(session: Session, currency: str, day: date, now: datetime) -> Sequence[Any]:
    """Add accounts that are new; rows (line, customer_ref, account_ref) of another customer's.

    `is_news` tells rows that are not older than what is known of their account. All accounts are
    locked from here on, in the order that receipts keep: account before demands.
    """
    await run(
        session,
        """
        INSERT INTO account (id, branch_id, customer_id, source_ref, product_code,
            product_type, currency, principal_outstanding_minor, emi_minor, last_payment_on, as_of)
        SELECT uuid_v7(:at), branch_id, customer_id, account_ref,
               coalesce(product_code, 'UNSPECIFIED'), product_type, :currency,
               coalesce(pos_minor, principal_minor), emi_minor, last_payment_on, :day
        FROM (SELECT DISTINCT ON (account_ref) * FROM incoming
              ORDER BY account_ref, due_on DESC) i
        ON CONFLICT (source_ref) DO NOTHING
        """,
        currency=currency,
        day=day,
        at=now,
    )
    await run(
        session,
        "UPDATE incoming i SET account_id = a.id, is_news = coalesce(a.as_of <= :day, true)"
        " FROM account a WHERE a.source_ref = i.account_ref"
        " AND a.customer_id = i.customer_id AND a.currency = :currency",
        currency=currency,
        day=day,
    )
    refused = await rows(
        session,
        "DELETE FROM incoming WHERE account_id IS NULL RETURNING line, customer_ref, account_ref",
    )
    await run(
        session,
        "SELECT id FROM account WHERE id IN (SELECT account_id FROM incoming) ORDER BY id"
        " FOR NO KEY UPDATE",
    )
    return refused


async def update_people(session: Session, day: date) -> None:
    """Have customers and accounts say what the file says, where it says anything."""
    await run(
        session,
        """
        UPDATE customer c SET full_name = i.full_name, phone = coalesce(i.phone, c.phone),
               phone_index = coalesce(i.phone_index, c.phone_index),
               language = coalesce(i.language, c.language)
        FROM (SELECT DISTINCT ON (customer_id) customer_id, full_name, phone, phone_index, language
              FROM incoming WHERE is_news ORDER BY customer_id, line) i
        WHERE c.id = i.customer_id AND (c.full_name, c.phone_index, c.language) IS DISTINCT FROM
              (i.full_name, coalesce(i.phone_index, c.phone_index),
               coalesce(i.language, c.language))
        """,
    )
    await run(
        session,
        """
        UPDATE account a SET product_code = coalesce(i.product_code, a.product_code),
               product_type = CASE WHEN i.product_code IS NULL THEN a.product_type
                                   ELSE i.product_type END,
               principal_outstanding_minor = coalesce(i.pos_minor, a.principal_outstanding_minor),
               emi_minor = coalesce(i.emi_minor, a.emi_minor),
               last_payment_on = coalesce(i.last_payment_on, a.last_payment_on), as_of = :day
        FROM (SELECT DISTINCT ON (account_id) * FROM incoming WHERE is_news
              ORDER BY account_id, due_on DESC) i
        WHERE a.id = i.account_id
        """,
        day=day,
    )


async def add_contacts(session: Session, now: datetime) -> None:
    """Add the numbers of those who answer for accounts, or owe them too, where they are new."""
    await run(
        session,
        """
        INSERT INTO contact_point (id, branch_id, customer_id, kind, value, value_index, relation,
            person_name, source, added_at)
        SELECT uuid_v7(:at), c.* FROM (
            SELECT DISTINCT ON (i.customer_id, n.index) i.branch_id, i.customer_id, 'phone',
                   n.value, n.index, n.relation, n.name, 'file', CAST(:at AS timestamptz)
            FROM incoming i CROSS JOIN LATERAL (VALUES
                ('guarantor', i.guarantor_mobile, i.guarantor_index, i.guarantor_name),
                ('co_borrower', i.co_borrower_mobile, i.co_borrower_index, i.co_borrower_name)
            ) AS n (relation, value, index, name)
            WHERE i.is_news AND n.value IS NOT NULL ORDER BY i.customer_id, n.index, i.line) c
        ON CONFLICT DO NOTHING
        """,
        at=now,
    )


async def add_addresses(session: Session, now: datetime) -> None:
    """Add addresses that are new, and move those that the file places elsewhere.

    A position that was made in the field stays.
    """
    await run(
        session,
        """
        INSERT INTO address (id, branch_id, customer_id, line, locality, pincode, location,
            geocode_quality, provenance)
        SELECT uuid_v7(:at), branch_id, customer_id, address, locality, pincode,
               CASE WHEN lat IS NOT NULL
                    THEN ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography END,
               CASE WHEN lat IS NOT NULL THEN 'rooftop' END, 'source'
        FROM (SELECT DISTINCT ON (customer_id, address) * FROM incoming
              ORDER BY customer_id, address, lat IS NULL, line) i
        ON CONFLICT (customer_id, line) DO NOTHING
        """,
        at=now,
    )
    await run(
        session,
        "UPDATE incoming i SET address_id = d.id FROM address d"
        " WHERE d.customer_id = i.customer_id AND d.line = i.address",
    )
    await run(
        session,
        """
        UPDATE address d SET location = i.location, geocode_quality = 'rooftop',
               spread_m = NULL, provenance = 'source'
        FROM (SELECT DISTINCT ON (address_id) address_id,
                     ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography AS location
              FROM incoming WHERE is_news AND lat IS NOT NULL ORDER BY address_id, line) i
        WHERE d.id = i.address_id AND d.provenance <> 'field'
          AND d.location::geometry IS DISTINCT FROM i.location::geometry
        """,
    )


async def addresses_to_place(session: Session) -> Sequence[Any]:
    """The file's addresses (id, line, locality, pincode) that are not on the map."""
    return await rows(
        session,
        "SELECT d.id, d.line, d.locality, d.pincode FROM address d WHERE d.location IS NULL"
        " AND d.id IN (SELECT address_id FROM incoming)",
    )


async def place_addresses(session: Session, found: dict[UUID, GeocodeAnswer]) -> None:
    """Put addresses on the map."""
    await run(
        session,
        """
        UPDATE address d SET location = ST_SetSRID(ST_MakePoint(f.lon, f.lat), 4326)::geography,
               geocode_quality = f.quality, spread_m = f.spread_m, provenance = 'geocoded'
        FROM unnest(CAST(:ids AS uuid[]), CAST(:lat AS float8[]), CAST(:lon AS float8[]),
                    CAST(:quality AS text[]), CAST(:spread_m AS float8[]))
             AS f(id, lat, lon, quality, spread_m)
        WHERE d.id = f.id
        """,
        ids=list(found),
        lat=[answer.position.lat for answer in found.values()],
        lon=[answer.position.lon for answer in found.values()],
        quality=[answer.quality for answer in found.values()],
        spread_m=[answer.spread_m for answer in found.values()],
    )


async def unplaced(session: Session) -> Sequence[Any]:
    """Rows (line, customer_ref, address) whose address is still not on the map."""
    return await rows(
        session,
        "SELECT i.line, i.customer_ref, d.line AS address FROM incoming i"
        " JOIN address d ON d.id = i.address_id WHERE d.location IS NULL ORDER BY i.line",
    )


async def count_incoming(session: Session) -> tuple[int, int]:
    """How many rows are left, and what they say is due, in minor units."""
    found = await rows(
        session, "SELECT count(*), coalesce(sum(total_minor), 0)::bigint FROM incoming"
    )
    count, total_minor = found[0]
    return count, total_minor
