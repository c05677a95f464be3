"""Files that go out at night: to whom, what was in them, and what came back; reports to people."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, JsonList, MinorUnits

EXPORT_KINDS = ("lms", "bank", "journal")
RECORDS = ("receipt", "receipt_reversal", "deposit", "deposit_rejection", "journal_entry")


class ExportTarget(Base):
    """Whom files go to: of a branch and all below it, records from the day `since` on.

    `next_number` is locked while a file is made, so that numbers have no gap.
    """

    __tablename__ = "export_target"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    since: Mapped[date]
    next_number: Mapped[int] = mapped_column(Integer, server_default=sql_text("1"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(f"kind IN {EXPORT_KINDS}", name="kind"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,19}$'", name="code"),
    )


class ExportFile(Base):
    """A file as it went out. Append-only. `totals` is ``[{currency, records, amount_minor}…]``."""

    __tablename__ = "export_file"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    target_id: Mapped[UUID] = mapped_column(ForeignKey("export_target.id"))
    number: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime]
    records: Mapped[int] = mapped_column(Integer)
    totals: Mapped[JsonList]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    __table_args__ = (
        UniqueConstraint("target_id", "number"),
        CheckConstraint("records > 0", name="records"),
    )


class ExportLine(Base):
    """A record in a file, and what was answered. Of a record one line at most is not rejected: that
    is how nothing goes out twice. `resend_at` puts a rejected one into the next file."""

    __tablename__ = "export_line"
    file_id: Mapped[UUID] = mapped_column(ForeignKey("export_file.id"), primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    branch_id: Mapped[BranchId]
    target_id: Mapped[UUID] = mapped_column(ForeignKey("export_target.id"))
    record: Mapped[str]
    record_id: Mapped[UUID] = mapped_column(index=True)
    attempt: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[MinorUnits]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=sql_text("'sent'"))
    answered_at: Mapped[datetime | None]
    reference: Mapped[str | None]
    reason: Mapped[str | None]
    resend_at: Mapped[datetime | None]
    resend_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        UniqueConstraint("target_id", "record", "record_id", "attempt"),
        CheckConstraint(f"record IN {RECORDS}", name="record"),
        CheckConstraint("state IN ('sent', 'acknowledged', 'rejected')", name="state"),
        CheckConstraint("(state = 'sent') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("(state = 'rejected') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("resend_at IS NULL OR state = 'rejected'", name="resend"),
        Index(
            "uq_export_line_live",
            "target_id",
            "record",
            "record_id",
            unique=True,
            postgresql_where=sql_text("state <> 'rejected'"),
        ),
        Index(
            "ix_export_line_open",
            "target_id",
            postgresql_where=sql_text("state = 'rejected'"),
        ),
    )


class ReportSubscription(Base):
    """Somebody's wish for a report: by `every` (day, week, month), in a format, of a branch; sent
    to `email` where there is one."""

    __tablename__ = "report_subscription"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    every: Mapped[str]
    grouping: Mapped[str]
    format: Mapped[str]
    email: Mapped[str | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("every IN ('day', 'week', 'month')", name="every"),
        CheckConstraint("grouping IN ('day', 'branch', 'agent', 'product')", name="grouping"),
        CheckConstraint("format IN ('csv', 'xlsx', 'pdf')", name="format"),
    )


class ReportFile(Base):
    """A report that was made for a subscription: one for each span of days."""

    __tablename__ = "report_file"
    subscription_id: Mapped[UUID] = mapped_column(
        ForeignKey("report_subscription.id"), primary_key=True
    )
    last_day: Mapped[date] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    branch_id: Mapped[BranchId]
    made_at: Mapped[datetime]
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days"),)
