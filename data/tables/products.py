"""Product types: what the trades do differently, as data."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, Json, JsonList, Texts

HEADS = ("charges", "penal", "interest", "principal")


class ProductType(Base):
    """A kind of account: a loan, a card, a bill. Shipped with the product, and more by a lender."""

    __tablename__ = "product_type"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,39}$'", name="code"),
        CheckConstraint("length(name) BETWEEN 1 AND 100", name="name"),
    )


class ProductCode(Base):
    """A code of demand files, in capitals, and the product type that it means."""

    __tablename__ = "product_code"
    code: Mapped[str] = mapped_column(primary_key=True)
    product_type: Mapped[str] = mapped_column(ForeignKey("product_type.code"), index=True)
    __table_args__ = (
        CheckConstraint("code = upper(code) AND length(code) BETWEEN 1 AND 64", name="code"),
    )


class ProductTerms(Base):
    """The terms of a product type from a day on. Append-only; the latest of those that hold counts.

    Behind the first, the database takes none for a day that has begun anywhere: a day keeps what it
    was rolled with.
    `buckets` is ``[{code, from, to}…]``, `stages` ``{stage: from}``, both in days or months.
    """

    __tablename__ = "product_terms"
    product_type: Mapped[str] = mapped_column(ForeignKey("product_type.code"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    since: Mapped[date]
    dpd_basis: Mapped[str]
    counted_in: Mapped[str]
    buckets: Mapped[JsonList]
    last_overdue: Mapped[int] = mapped_column(Integer)
    head_order: Mapped[Texts]
    partial_payments: Mapped[bool]
    pays_ahead: Mapped[bool]
    over_payment: Mapped[str]
    is_loan: Mapped[bool]
    stages: Mapped[Json]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("dpd_basis IN ('exclusive', 'rbi_day_end')", name="dpd_basis"),
        CheckConstraint("counted_in IN ('days', 'months')", name="counted_in"),
        CheckConstraint("jsonb_typeof(buckets) = 'array'", name="buckets"),
        CheckConstraint("last_overdue >= 0", name="last_overdue"),
        CheckConstraint(
            f"cardinality(head_order) = 4 AND head_order @> ARRAY{list(HEADS)}::text[]",
            name="head_order",
        ),
        CheckConstraint("over_payment IN ('advance', 'suspense')", name="over_payment"),
        CheckConstraint("jsonb_typeof(stages) = 'object'", name="stages"),
        Index("ix_product_terms_product_type_since", "product_type", "since"),
    )
