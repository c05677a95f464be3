"""The audit trail: who did or saw what, and the seals of each branch's chain."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, Json


class AuditEvent(Base):
    """Something that a person did or saw. Only its seal is ever added, once, by the sealing job."""

    __tablename__ = "audit_event"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str]
    address: Mapped[str | None]
    device_id: Mapped[UUID | None]
    client: Mapped[str | None]
    action: Mapped[str]
    subjects: Mapped[Json]
    reason: Mapped[str | None]
    seal_no: Mapped[int | None] = mapped_column(BigInteger)
    hash: Mapped[bytes | None]
    __table_args__ = (
        CheckConstraint("kind IN ('change', 'read', 'refused')", name="kind"),
        CheckConstraint("(seal_no IS NULL) = (hash IS NULL)", name="sealed"),
        ForeignKeyConstraint(
            ["branch_id", "seal_no"], ["audit_seal.branch_id", "audit_seal.no"],
            name="fk_audit_event_seal",
        ),
        Index("ix_audit_event_unsealed", "id", postgresql_where=text("seal_no IS NULL")),
        Index(
            "ix_audit_event_seal", "branch_id", "seal_no",
            postgresql_where=text("seal_no IS NOT NULL"),
        ),
    )  # fmt: skip


class AuditSeal(Base):
    """A batch of a branch's events, hashed together with the seal before it."""

    __tablename__ = "audit_seal"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    follows_no: Mapped[int | None] = mapped_column(
        BigInteger, Computed("CASE WHEN no > 1 THEN no - 1 END", persisted=True)
    )
    sealed_at: Mapped[datetime]
    events: Mapped[int] = mapped_column(Integer)
    events_hash: Mapped[bytes]
    previous: Mapped[bytes]
    hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("events > 0", name="events"),
        CheckConstraint(
            "hash = audit_seal_hash(no, sealed_at, events, events_hash, previous)", name="hash"
        ),
        CheckConstraint(
            r"no > 1 OR no = 1 AND previous ="
            r" sha256('roundsman-audit/1 origin\000'::bytea || uuid_send(branch_id))",
            name="origin",
        ),
        UniqueConstraint("branch_id", "no", "hash", name="uq_audit_seal_hash"),
        ForeignKeyConstraint(
            ["branch_id", "follows_no", "previous"],
            ["audit_seal.branch_id", "audit_seal.no", "audit_seal.hash"],
            name="fk_audit_seal_previous",
        ),
    )
