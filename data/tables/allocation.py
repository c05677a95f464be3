"""Who works which case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId


class Assignment(Base):
    """A case with an agent on a channel, from when to when and why.

    The exclusion constraint leaves one active owner per case and channel at any instant.
    """

    __tablename__ = "assignment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agent_id: Mapped[AgentId]
    channel: Mapped[str] = mapped_column(server_default=text("'visit'"))
    during: Mapped[Any] = mapped_column(TSTZRANGE)
    reason: Mapped[str]
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime]
    __table_args__ = (
        ExcludeConstraint(
            ("case_id", "="), ("channel", "="), ("during", "&&"), name="ex_assignment_one_owner"
        ),
        Index(
            "ix_assignment_active",
            "agent_id",
            "case_id",
            postgresql_where=func.upper_inf(text("during")),
        ),
    )
