"""Demand files that were taken in, and what they have changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, JsonList, MinorUnits


class DemandFileImport(Base):
    """A demand file that a branch took in, by the hash of its bytes and corrections, with its
    report.

    `corrected` are the cells (line and column) that somebody put right, `unplaced` the rows whose
    address is not on the map.
    """

    __tablename__ = "demand_file_import"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    file_hash: Mapped[bytes]
    file_name: Mapped[str]
    business_date: Mapped[date]
    imported_at: Mapped[datetime]
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    rows_read: Mapped[int] = mapped_column(Integer)
    rows_loaded: Mapped[int] = mapped_column(Integer)
    total_due_minor: Mapped[MinorUnits]
    problems: Mapped[JsonList]
    unplaced: Mapped[JsonList]
    corrected: Mapped[JsonList]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    taken_back_because: Mapped[str | None]
    __table_args__ = (
        Index(
            "uq_demand_file_import_standing",
            "branch_id",
            "file_hash",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        CheckConstraint(
            "num_nulls(taken_back_at, taken_back_by, taken_back_because) IN (0, 3)",
            name="taken_back",
        ),
    )


class DemandFileChange(Base):
    """What an import brought or changed, for some days: `before` is what was known of it, null for
    what the file brought. An ``account`` goes with its case; see `portfolio/taken_back/store.py`.
    """

    __tablename__ = "demand_file_change"
    import_id: Mapped[UUID] = mapped_column(ForeignKey("demand_file_import.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    before: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    __table_args__ = (CheckConstraint("kind IN ('account', 'demand', 'promise')", name="kind"),)
