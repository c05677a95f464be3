"""Rounds while they are ridden: how far each is, what changed the day, and what is offered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Json, JsonList

OFFER_STATES = ("offered", "accepted", "declined", "overtaken", "expired")
NOTICE_KINDS = ("late", "stops_early", "case_added", "half_shift_swapped")


class RoundProgress(Base):
    """How far an agent's round of today is: expected times of the stops still to make.

    One row per agent, written anew by each look at the field; it can be computed again at any time.
    `considered` is the reason for which the round was last looked at, whatever came of it.
    """

    __tablename__ = "round_progress"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), primary_key=True)
    branch_id: Mapped[BranchId]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"))
    looked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    late_s: Mapped[int] = mapped_column(Integer)
    stops: Mapped[JsonList]
    considered: Mapped[str | None]
    considered_at: Mapped[datetime | None]


class DayNotice(Base):
    """What somebody said of an agent's day while it ran: late, stops early, a case more, a swap.

    Append-only; of one kind the newest of an agent's day holds. `at` is the instant it is about.
    """

    __tablename__ = "day_notice"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"))
    day: Mapped[date]
    kind: Mapped[str]
    at: Mapped[datetime]
    facts: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    reason: Mapped[str | None]
    told_at: Mapped[datetime]
    told_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    body_hash: Mapped[bytes]
    __table_args__ = (
        CheckConstraint(f"kind IN {NOTICE_KINDS}", name="kind"),
        Index("ix_day_notice_agent_id_day", "agent_id", "day"),
    )


class RoundOffer(Base):
    """A re-planned round that waits for somebody to take it, and what became of it.

    `proposal` is the round as it would be published in place of `base_round_id`; `difference` what
    it changes. Of an agent's day one is open at a time. A trigger of ``round`` has it overtaken
    when its base is replaced by anything else.
    """

    __tablename__ = "round_offer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    day: Mapped[date]
    base_round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), index=True)
    cause: Mapped[str]
    why: Mapped[str]
    proposal: Mapped[Json]
    difference: Mapped[Json]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'offered'"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("round.id"))
    __table_args__ = (
        CheckConstraint(f"state IN {OFFER_STATES}", name="state"),
        CheckConstraint("expires_at > made_at", name="expires"),
        CheckConstraint("(state = 'offered') = (decided_at IS NULL)", name="decided"),
        CheckConstraint(
            "(state IN ('accepted', 'declined')) = (decided_by IS NOT NULL)", name="decided_by"
        ),
        CheckConstraint("round_id IS NULL OR state = 'accepted'", name="published"),
        Index(
            "uq_round_offer_open",
            "agent_id",
            "day",
            unique=True,
            postgresql_where=text("state = 'offered'"),
        ),
    )
