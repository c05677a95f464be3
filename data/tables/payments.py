"""What customers pay online, and what is paid back to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, MinorUnits


class PaymentLink(Base):
    """An address at which a customer can pay without signing in, until it ends."""

    __tablename__ = "payment_link"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    is_part_allowed: Mapped[bool]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("made_at < expires_at", name="times"),
    )


class OnlinePayment(Base):
    """A payment that a customer began at a gateway; its receipt names it.

    `amount_minor` is what was to be paid; the receipt has what came in.
    """

    __tablename__ = "online_payment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    link_id: Mapped[UUID] = mapped_column(ForeignKey("payment_link.id"), index=True)
    gateway: Mapped[str]
    gateway_ref: Mapped[str | None]
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'started'"))
    begun_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_ref"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state IN ('started', 'paid', 'failed')", name="state"),
        CheckConstraint("(state = 'started') = (settled_at IS NULL)", name="settled"),
    )


class GatewayEvent(Base):
    """What a gateway told of payments, once each, and what came of it."""

    __tablename__ = "gateway_event"
    gateway: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("online_payment.id"), index=True)
    body: Mapped[Json]
    outcome: Mapped[str]
    received_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('paid', 'failed', 'paid_already', 'ignored', 'unknown_payment',"
            " 'other_currency')",
            name="outcome",
        ),
    )


class Refund(Base):
    """Money that is owed to a customer and paid back once another person agrees.

    Of an account's advance, or (with `receipt_id`) what a receipt has in suspense.
    """

    __tablename__ = "refund"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("receipt.id"))
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    reason: Mapped[str]
    way: Mapped[str]
    payee: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'asked'"))
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    reference: Mapped[str | None]
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("way IN ('cash', 'transfer', 'account')", name="way"),
        CheckConstraint("way <> 'account' OR receipt_id IS NOT NULL", name="to_account"),
        CheckConstraint("state IN ('asked', 'paid', 'declined')", name="state"),
        CheckConstraint(
            "(state = 'asked') = (settled_at IS NULL)"
            " AND (settled_at IS NULL) = (settled_by IS NULL)",
            name="settled",
        ),
        CheckConstraint("settled_by <> asked_by", name="another_person"),
        CheckConstraint(
            "state <> 'paid' OR (way = 'transfer') = (reference IS NOT NULL)", name="reference"
        ),
        Index("ix_refund_open", "branch_id", "asked_at", postgresql_where=text("state = 'asked'")),
    )
