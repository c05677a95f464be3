"""SQL of all that is held about a customer: every row that hangs on theirs, by the tables' own
references, so that a new table is in it by itself."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, func, or_, select

from data.columns import Geography, Geometry
from data.sealed import NOT_TOLD, Sealed
from data.session import Session, rows
from data.tables import metadata

ROOT = "customer"
NOT_THEIRS: Mapping[str, str] = {
    "access_token": "keys, as hashes",
    "center_meeting": "meetings of many people, found by their group's picture",
    "address_point_review": "decisions on points, without the customer",
    "stop": "rounds of agents",
    "absence_visit": "agents' absences",
    "cash_lot": "agents' cash, by the receipt that it came with",
    "deposit_allocation": "agents' cash, by the receipt that it came with",
    "handover_allocation": "agents' cash, by the receipt that it came with",
}
"""Tables that hang on a customer and are left out, and why."""


def tables_of_customers() -> Mapping[str, Sequence[Column[Any]]]:
    """The tables that hang on a customer, in an order in which what each refers to comes first;
    with the columns that do. Hashes and keys are no part of it."""
    candidates = [t for t in metadata.sorted_tables if t.name not in NOT_THEIRS]
    found, before = {ROOT}, 0
    while len(found) > before:
        before = len(found)
        found |= {t.name for t in candidates if any(_refers_to(c, found) for c in t.columns)}
    ordered: dict[str, Sequence[Column[Any]]] = {ROOT: ()}
    for table in candidates:
        if table.name in found - {ROOT}:
            ordered[table.name] = [c for c in table.columns if _refers_to(c, ordered.keys())]
    return ordered


async def everything_of(
    session: Session, customer_id: UUID
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """All rows in scope that hang on a customer and on whom they are seen as one with, by table;
    encrypted columns are opened."""
    ids: dict[str, list[UUID]] = {}
    told: dict[str, list[Mapping[str, Any]]] = {}
    for name, columns in tables_of_customers().items():
        table = metadata.tables[name]
        if name == ROOT:
            wanted = table.c.id == func.any(func.records_of_customer(customer_id))
        else:
            wanted = or_(*(c.in_(ids[_target(c).name]) for c in columns))
        found = await session.execute(
            select(*_readable(table)).where(wanted).order_by(*table.primary_key.columns)
        )
        theirs: list[Mapping[str, Any]] = [dict(row) for row in found.mappings()]
        if "id" in table.columns:
            ids[name] = [row["id"] for row in theirs]
        if theirs:
            told[name] = theirs
    visits = await _visits_of(session, ids["case_file"])
    return told | {"visit": visits} if visits else told


async def _visits_of(session: Session, case_ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
    """The visits to cases, as they stand now. A visit names all whom it may have been to: of their
    cases, only these are told."""
    found = await rows(
        session,
        """
        SELECT v.id, v.agent_id, v.day, v.began_at, v.ended_at, v.verdict, v.reasons,
               ST_AsGeoJSON(v.location) AS location, v.uncertainty_m,
               ARRAY (SELECT unnest(v.case_ids) INTERSECT SELECT unnest(:cases)) AS case_ids
        FROM visit v WHERE v.case_ids && :cases AND v.replaced_at IS NULL ORDER BY v.id
        """,
        cases=list(case_ids),
    )
    return [r._asdict() for r in found]


def _readable(table: Table) -> list[Any]:
    return [
        func.ST_AsGeoJSON(c).label(c.name) if isinstance(c.type, (Geography, Geometry)) else c
        for c in table.columns
        if c.info != NOT_TOLD
        and (isinstance(c.type, Sealed) or not isinstance(c.type, LargeBinary))
    ]


def _refers_to(column: Column[Any], tables: Collection[str]) -> bool:
    return any(k.column.name == "id" and k.column.table.name in tables for k in column.foreign_keys)


def _target(column: Column[Any]) -> Table:
    return next(k.column.table for k in column.foreign_keys if k.column.name == "id")


async def attachments_of(session: Session, customer_id: UUID) -> Sequence[Any]:
    """The files (id, media_type) of a customer's cases, and of what is before a court of them."""
    return await rows(
        session,
        """
        WITH theirs AS (SELECT id FROM case_file
                        WHERE customer_id = ANY (records_of_customer(:id)))
        SELECT t.id, t.media_type FROM attachment t JOIN theirs c ON c.id = t.case_id
        UNION ALL
        SELECT d.id, d.media_type FROM legal_document d JOIN legal_case l ON l.id = d.legal_case_id
        JOIN theirs c ON c.id = l.case_id
        ORDER BY 1
        """,
        id=customer_id,
    )
