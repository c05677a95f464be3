"""People who were enrolled together, from a file."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId


class Enrollment(Base):
    """A file of people whose good rows were enrolled; the same bytes once a branch."""

    __tablename__ = "enrollment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    file_name: Mapped[str]
    file_hash: Mapped[bytes]
    rows_read: Mapped[int]
    enrolled_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    enrolled_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]
    printed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        UniqueConstraint("branch_id", "file_hash", name="uq_enrollment_file"),
        CheckConstraint("(printed_at IS NULL) = (printed_by IS NULL)", name="printed"),
        CheckConstraint("rows_read > 0", name="rows_read"),
    )


class EnrolledPerson(Base):
    """A person of a file, and the phone that was enrolled for them."""

    __tablename__ = "enrolled_person"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    enrollment_id: Mapped[UUID] = mapped_column(ForeignKey("enrollment.id"), index=True)
    line: Mapped[int]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"), unique=True)
