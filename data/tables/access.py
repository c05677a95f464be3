"""What people and programs may do: composed roles, changes of roles, keys."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, Texts
from data.tables.identity import ROLES

DECISIONS = ("accepted", "rejected", "overtaken")


class ComposedRole(Base):
    """A set of permissions with a name, for all branches. It stays as it was composed."""

    __tablename__ = "composed_role"
    name: Mapped[str] = mapped_column(primary_key=True)
    permissions: Mapped[Texts]
    composed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    composed_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("cardinality(permissions) > 0", name="permissions"),)


class RoleChange(Base):
    """What a person is to be from now on; another person than who proposed it accepts it."""

    __tablename__ = "role_change"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[str]
    composed_role: Mapped[str | None] = mapped_column(ForeignKey("composed_role.name"))
    reason: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint(f"decision IN {DECISIONS}", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint(
            "decision IS NULL OR (decision = 'overtaken') = (decided_by IS NULL)", name="decided_by"
        ),
        CheckConstraint("decision <> 'accepted' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "proposed_by <> staff_id AND (decided_by IS NULL OR decided_by <> staff_id)",
            name="not_their_own",
        ),
        Index("uq_role_change_open", "staff_id", unique=True,
              postgresql_where=text("decision IS NULL")),
    )  # fmt: skip


class Leaving(Base):
    """That somebody left, once, and what was cleared then: counts, and minor units."""

    __tablename__ = "leaving"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    left_at: Mapped[datetime]
    ended_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str]
    cleared: Mapped[Json]
    __table_args__ = (CheckConstraint("ended_by <> staff_id", name="another_person"),)


class BranchMove(Base):
    """That somebody goes to work for another branch from a day on. Done, the database itself
    changes where they belong, and refuses it while cash is in their till; `cleared` says what ended
    at the former one."""

    __tablename__ = "branch_move"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    to_branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"))
    on_day: Mapped[date]
    reason: Mapped[str]
    cases_to: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    cleared: Mapped[Json | None] = mapped_column(JSONB)
    __table_args__ = (
        CheckConstraint("to_branch_id <> branch_id", name="another_branch"),
        CheckConstraint("asked_by <> staff_id", name="another_person"),
        CheckConstraint("cases_to <> staff_id", name="cases_to_another"),
        CheckConstraint("state IN ('planned', 'done', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'planned') = (settled_at IS NULL)", name="settled"),
        Index("uq_branch_move_planned", "staff_id", unique=True,
              postgresql_where=text("state = 'planned'")),
    )  # fmt: skip


OPENING_WAYS = (
    "employed", "password_code", "second_factor_off", "provider_account", "api_key",
)  # fmt: skip


class AccountOpening(Base):
    """That one person alone has opened an account for another, who may be nobody but themselves:
    until somebody else vouches (`vouched_by`; NULL for who runs the server), they count as one
    where two people are asked for. The database's own functions write here."""

    __tablename__ = "account_opening"
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    how: Mapped[str]
    opened_at: Mapped[datetime]
    vouched_at: Mapped[datetime | None]
    vouched_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(f"how IN {OPENING_WAYS}", name="how"),
        CheckConstraint("opened_by <> staff_id", name="another"),
        CheckConstraint("vouched_by <> opened_by AND vouched_by <> staff_id", name="third_person"),
        CheckConstraint("vouched_by IS NULL OR vouched_at IS NOT NULL", name="vouched"),
    )


class ApiKey(Base):
    """A program's key, stored as a SHA-256 hash only; `staff_id` is who the program acts as."""

    __tablename__ = "api_key"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str]
    permissions: Mapped[Texts]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[str | None]
    reminded_days: Mapped[int | None]
    __table_args__ = (
        CheckConstraint("expires_at > issued_at", name="expires"),
        CheckConstraint("reminded_days IN (3, 14)", name="reminded_days"),
    )
