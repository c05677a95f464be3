"""SQL of product types, their terms in versions, and which accounts are of which."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from collection.portfolio.dpd import Bucket, CountedIn, DpdBasis
from collection.portfolio.products.product_type import ProductType, TermsVersion
from collection.portfolio.products.terms import DEFAULT_TYPE, OverPayment, Terms
from collection.portfolio.stages.stage import Stage
from data.session import Session, rows, run
from data.tables.products import ProductTerms

_TERMS = """x.dpd_basis, x.counted_in, x.buckets, x.last_overdue, x.head_order, x.partial_payments,
            x.pays_ahead, x.over_payment, x.is_loan, x.stages"""

TERMS_OF_ACCOUNT = f"""
SELECT {_TERMS} FROM product_terms x
WHERE x.product_type = a.product_type
  AND x.since <= (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date
ORDER BY x.since DESC, x.version DESC LIMIT 1
"""  # noqa: S608 our own constant
"""The terms that hold now for the account `a` of the branch `b`."""

_OF_BRANCH = f"""coalesce((SELECT t.code FROM product_type t
    WHERE t.code = branch_policy(b.id, 'product_type') #>> '{{}}'), '{DEFAULT_TYPE}')"""  # noqa: S608
"""What accounts of the branch `b` are whose product's code nobody knows."""


def read_terms(r: Any) -> Terms:
    """The terms in a row that has their columns."""
    return Terms(
        DpdBasis(r.dpd_basis), CountedIn(r.counted_in),
        [Bucket(one["code"], one["from"], one["to"], n) for n, one in enumerate(r.buckets)],
        r.last_overdue, r.head_order, r.partial_payments, r.pays_ahead, OverPayment(r.over_payment),
        r.is_loan, {Stage(stage): start for stage, start in r.stages.items()},
    )  # fmt: skip


async def terms_on(session: Session, day: date) -> Mapping[str, Terms]:
    """The terms that hold on a day, by product type."""
    found = await rows(
        session,
        f"SELECT DISTINCT ON (x.product_type) x.product_type, {_TERMS} FROM product_terms x"  # noqa: S608
        " WHERE x.since <= :day ORDER BY x.product_type, x.since DESC, x.version DESC",
        day=day,
    )
    return {r.product_type: read_terms(r) for r in found}


async def product_types(session: Session, code: str | None = None) -> Sequence[ProductType]:
    """All product types by code, or the one of this code."""
    found = await rows(
        session,
        """
        SELECT t.code, t.name, ARRAY (
            SELECT p.code FROM product_code p
            WHERE p.product_type = t.code AND p.code <> upper(t.code) ORDER BY 1) AS lender_codes
        FROM product_type t WHERE CAST(:code AS text) IS NULL OR t.code = :code ORDER BY t.code
        """,
        code=code,
    )
    terms = await rows(
        session,
        "SELECT * FROM product_terms WHERE product_type = ANY (CAST(:codes AS text[]))"
        " ORDER BY since DESC, version DESC",
        codes=[r.code for r in found],
    )
    of: dict[str, list[TermsVersion]] = {r.code: [] for r in found}
    for r in terms:
        one = TermsVersion(r.version, r.since, read_terms(r), r.set_at, r.set_by)
        of[r.product_type].append(one)
    return [ProductType(r.code, r.name, r.lender_codes, of[r.code]) for r in found]


async def product_names(session: Session) -> Mapping[str, str]:
    """What product types are called, by code."""
    found = await rows(session, "SELECT code, name FROM product_type ORDER BY name, code")
    return {r.code: r.name for r in found}


async def bucket_ranks(session: Session) -> Mapping[str, int]:
    """The rank of each code that any product type has, or had, for a bucket."""
    found = await rows(
        session,
        "SELECT DISTINCT e.bucket ->> 'code' AS code, e.place::int - 1 AS rank"
        " FROM product_terms, jsonb_array_elements(buckets) WITH ORDINALITY AS e (bucket, place)",
    )
    return {r.code: r.rank for r in found}


async def owner_of_code(session: Session, codes: Sequence[str]) -> Mapping[str, str]:
    """The product types that these lender's codes mean, so far as they mean any."""
    found = await rows(
        session,
        "SELECT code, product_type FROM product_code WHERE code = ANY (CAST(:codes AS text[]))",
        codes=list(codes),
    )
    return {r.code: r.product_type for r in found}


async def lock(session: Session) -> None:
    """Have product types changed by one at a time until the end."""
    await run(session, "SELECT pg_advisory_xact_lock(hashtext('product-types'))")


async def first_open_day(session: Session, today: date) -> date:
    """The first day that has begun nowhere, and `today` at the earliest."""
    [r] = await rows(session, "SELECT first_open_day(:today) AS day", today=today)
    day: date = r.day
    return day


async def put_type(session: Session, code: str, name: str) -> None:
    """Name a product type, a new one or one that there is."""
    await run(
        session,
        "INSERT INTO product_type (code, name) VALUES (:code, :name)"
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name",
        code=code,
        name=name,
    )


async def put_codes(session: Session, product_type: str, codes: Sequence[str]) -> None:
    """Have these codes of demand files, beside its own, mean a product type, and no others."""
    await run(
        session,
        "DELETE FROM product_code WHERE product_type = :type"
        " AND code <> ALL (CAST(:codes AS text[]))",
        type=product_type,
        codes=[*codes, product_type.upper()],
    )
    await run(
        session,
        "INSERT INTO product_code (code, product_type) SELECT code, :type"
        " FROM unnest(CAST(:codes AS text[])) AS c (code) ON CONFLICT DO NOTHING",
        type=product_type,
        codes=[*codes, product_type.upper()],
    )


async def add_terms(session: Session, product_type: str, new: TermsVersion) -> None:
    """Add a version of terms."""
    terms = new.terms
    await session.execute(
        insert(ProductTerms).values(
            product_type=product_type, version=new.version, since=new.since,
            dpd_basis=terms.dpd_basis.value, counted_in=terms.counted_in.value,
            buckets=[{"code": b.code, "from": b.min_past_due, "to": b.max_past_due}
                     for b in terms.buckets],
            last_overdue=terms.last_overdue, head_order=list(terms.head_order),
            partial_payments=terms.partial_payments, pays_ahead=terms.pays_ahead,
            over_payment=terms.over_payment.value, is_loan=terms.is_loan,
            stages={stage.value: start for stage, start in terms.stages.items()},
            set_at=new.set_at, set_by=new.set_by,
        )
    )  # fmt: skip


async def point_accounts(session: Session, branch_id: UUID) -> None:
    """Have a branch's accounts be of the types that their products' codes mean by now.

    The accounts are to be locked.
    """
    await run(
        session,
        f"""
        UPDATE account a SET product_type = n.product_type FROM (
            SELECT o.id, coalesce(p.product_type, d.product_type) AS product_type
            FROM account o CROSS JOIN (
                SELECT {_OF_BRANCH} AS product_type FROM branch b WHERE b.id = :branch) d
            LEFT JOIN product_code p ON p.code = upper(o.product_code)
            WHERE o.branch_id = :branch
        ) n WHERE a.id = n.id AND a.product_type <> n.product_type
        """,  # noqa: S608 our own constant
        branch=branch_id,
    )


async def point_incoming(session: Session) -> Sequence[Any]:
    """Fill in the product types of a demand file's rows; rows (line, product_code, product_type) of
    codes that nobody knows, which are what their branch says."""
    await run(
        session,
        f"""
        UPDATE incoming i SET product_type = coalesce(
            (SELECT p.product_type FROM product_code p WHERE p.code = upper(i.product_code)),
            d.product_type)
        FROM (SELECT b.id, {_OF_BRANCH} AS product_type FROM branch b) d
        WHERE d.id = i.branch_id
        """,  # noqa: S608 our own constant
    )
    return await rows(
        session,
        "SELECT line, product_code, product_type FROM incoming i WHERE product_code IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM product_code p WHERE p.code = upper(i.product_code))",
    )
