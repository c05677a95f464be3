"""SQL of the intake of demand files.

The rows of a file are copied into a temporary table, `incoming`, and everything else is done set
by set from there. A row that meets what is already known in a way that must not be is deleted
from `incoming` and handed back.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from collection.portfolio.geocode import GeocodeAnswer
from data.session import Session, copy_rows, rows, run
from data.tables.collection import DemandFileImport

INCOMING = {
    "line": "int", "branch_id": "uuid", "customer_ref": "text", "full_name": "text",
    "phone": "bytea", "phone_index": "bytea", "language": "text", "account_ref": "text",
    "product_code": "text", "address": "text", "locality": "text", "pincode": "text",
    "lat": "float8", "lon": "float8", "due_on": "date", "installment_no": "int",
    "principal_minor": "bigint", "interest_minor": "bigint", "charges_minor": "bigint",
    "penal_minor": "bigint", "total_minor": "bigint", "emi_minor": "bigint", "pos_minor": "bigint",
    "dpd": "int", "last_payment_on": "date", "promise_on": "date", "promise_minor": "bigint",
    "preferred_from": "time", "preferred_to": "time",
}  # fmt: skip
"""What is copied, in this order; the ids are filled in as they become known."""


async def one_at_a_time(session: Session) -> None:
    """Wait until no other file is being taken in."""
    await run(session, "SELECT pg_advisory_xact_lock(hashtext('demand-file'))")


async def known_import(session: Session, branch_id: UUID, file_hash: bytes) -> Any | None:
    """The import of these bytes by this branch."""
    found = await rows(
        session,
        "SELECT * FROM demand_file_import WHERE branch_id = :branch AND file_hash = :hash",
        branch=branch_id,
        hash=file_hash,
    )
    return found[0] if found else None


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
        " ADD is_news boolean",
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
        INSERT INTO account (id, branch_id, customer_id, source_ref, product_code, currency,
            principal_outstanding_minor, emi_minor, last_payment_on, as_of)
        SELECT uuid_v7(:at), branch_id, customer_id, account_ref,
               coalesce(product_code, 'UNSPECIFIED'), :currency,
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
               principal_outstanding_minor = coalesce(i.pos_minor, a.principal_outstanding_minor),
               emi_minor = coalesce(i.emi_minor, a.emi_minor),
               last_payment_on = coalesce(i.last_payment_on, a.last_payment_on), as_of = :day
        FROM (SELECT DISTINCT ON (account_id) * FROM incoming WHERE is_news
              ORDER BY account_id, due_on DESC) i
        WHERE a.id = i.account_id
        """,
        day=day,
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
