"""Books of numbered paper receipts in agents' hands, and what became of their leaves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId


class ReceiptBook(Base):
    """A book of leaves from one number to another, and the agent who answers for them.

    `held_to` is the last of them: the leaves behind it came back blank with the book, and may be in
    another book. No leaf is in two.
    """

    __tablename__ = "receipt_book"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    series: Mapped[str]
    first_number: Mapped[int] = mapped_column(Integer)
    last_number: Mapped[int] = mapped_column(Integer)
    held_to: Mapped[int] = mapped_column(Integer)
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    returned_at: Mapped[datetime | None]
    returned_to: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("series ~ '^[A-Z0-9](-?[A-Z0-9]){0,19}$'", name="series"),
        CheckConstraint(
            "first_number >= 1 AND last_number - first_number BETWEEN 0 AND 999", name="numbers"
        ),
        CheckConstraint("held_to BETWEEN first_number - 1 AND last_number", name="held"),
        CheckConstraint(
            "(returned_at IS NULL) = (returned_to IS NULL)"
            " AND (returned_at IS NOT NULL OR held_to = last_number)",
            name="returned",
        ),
        CheckConstraint("issued_by <> agent_id AND returned_to <> agent_id", name="another_person"),
        ExcludeConstraint(
            ("series", "="),
            (text("int4range(first_number, held_to + 1)"), "&&"),
            name="ex_receipt_book_leaves",
        ),
    )


class BookLeaf(Base):
    """What became of a leaf: a receipt of its holder's, or declared as cancelled or lost, with why.

    One that was declared and turns up in a customer's hands is both. A row is a leaf accounted for.
    """

    __tablename__ = "book_leaf"
    book_id: Mapped[UUID] = mapped_column(ForeignKey("receipt_book.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    branch_id: Mapped[BranchId]
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("receipt.id"), unique=True)
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    fate: Mapped[str | None]
    reason: Mapped[str | None]
    declared_at: Mapped[datetime | None]
    declared_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("fate IN ('cancelled', 'lost')", name="fate"),
        CheckConstraint("num_nulls(receipt_id, used_at, used_by) IN (0, 3)", name="used"),
        CheckConstraint(
            "num_nulls(fate, reason, declared_at, declared_by) IN (0, 4)", name="declared"
        ),
        CheckConstraint("receipt_id IS NOT NULL OR fate IS NOT NULL", name="accounted"),
    )
