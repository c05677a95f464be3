"""The stages that cases pass through, and what is added to the source's record of a customer."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Texts
from data.sealed import Sealed, indexed, is_sealed

STAGES = (
    "pre_due", "due", "reminder", "multi_channel", "risk_watch", "field", "legal", "closed",
)  # fmt: skip
VISITS = "visits IN ('as_due', 'when_asked', 'never')"
CLOSURES = ("paid_in_full", "settled", "written_off", "reinstated")


class StageMove(Base):
    """A change of stage that is allowed. Shipped with the product, read by everybody."""

    __tablename__ = "stage_move"
    from_stage: Mapped[str] = mapped_column(primary_key=True)
    to_stage: Mapped[str] = mapped_column(primary_key=True)


class ShippedStage(Base):
    """What a stage means for visits where no branch says otherwise. Read by everybody."""

    __tablename__ = "stage"
    code: Mapped[str] = mapped_column(primary_key=True)
    visits: Mapped[str]
    skills: Mapped[Texts]
    __table_args__ = (CheckConstraint(VISITS, name="visits"),)


class BranchStage(Base):
    """What a stage means for the visits of a branch and those below it."""

    __tablename__ = "branch_stage"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(ForeignKey("stage.code"), primary_key=True)
    visits: Mapped[str]
    skills: Mapped[Texts]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(VISITS, name="visits"),
        CheckConstraint("stage <> 'closed'", name="open"),
    )


class StageChange(Base):
    """A change of a case's stage: when, by whom, why. Append-only; it is what moves the case.

    Without `changed_by` the product did it, as `reason` says.
    """

    __tablename__ = "stage_change"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    from_stage: Mapped[str]
    to_stage: Mapped[str]
    closure: Mapped[str | None]
    reason: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        ForeignKeyConstraint(
            ["from_stage", "to_stage"],
            ["stage_move.from_stage", "stage_move.to_stage"],
            name="fk_stage_change_move",
        ),
        CheckConstraint("(to_stage = 'closed') = (closure IS NOT NULL)", name="closure"),
        CheckConstraint(f"closure IN {CLOSURES}", name="closures"),
        Index("ix_stage_change_case_id_changed_at", "case_id", "changed_at"),
    )


class ContactPoint(Base):
    """A number or an e-mail address that somebody added beside what the source has of the customer,
    encrypted; without `added_by` a demand file had it of somebody else."""

    __tablename__ = "contact_point"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(Sealed)
    value_index: Mapped[bytes] = mapped_column(default=indexed("value"))
    relation: Mapped[str] = mapped_column(server_default=text("'customer'"))
    person_name: Mapped[str | None] = mapped_column(Sealed)
    source: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_because: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kind IN ('phone', 'email')", name="kind"),
        is_sealed("value"),
        is_sealed("person_name"),
        CheckConstraint("num_nulls(verified_at, verified_by) IN (0, 2)", name="verified"),
        CheckConstraint("verified_by <> added_by", name="another_person"),
        CheckConstraint("(source = 'file') = (added_by IS NULL)", name="added"),
        CheckConstraint("num_nulls(ended_at, ended_by, ended_because) IN (0, 3)", name="ended"),
        Index(
            "uq_contact_point_live",
            "customer_id",
            "value_index",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class NumberTag(Base):
    """A word that keeps a customer's number from being used, until a day or until it is lifted."""

    __tablename__ = "number_tag"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    value: Mapped[str] = mapped_column(Sealed)
    value_index: Mapped[bytes] = mapped_column(default=indexed("value"))
    word: Mapped[str]
    reason: Mapped[str]
    until: Mapped[date | None]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(
            "word IN ('changed_hands', 'wrong_number', 'do_not_use', 'out_of_order')", name="word"
        ),
        is_sealed("value"),
        CheckConstraint("num_nulls(lifted_at, lifted_by) IN (0, 2)", name="lifted"),
        Index(
            "uq_number_tag_live",
            "customer_id",
            "value_index",
            "word",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )


class CustomerMove(Base):
    """That a customer become another branch's: one person asks, somebody of that branch decides.

    Who decides does not see the customer before, so it is told here who that is. `moved_at` is when
    everything that follows the customer was the other branch's.
    """

    __tablename__ = "customer_move"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    to_branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), index=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    customer_ref: Mapped[str]
    customer_name: Mapped[str]
    accounts: Mapped[int] = mapped_column(Integer)
    from_branch: Mapped[str]
    to_branch: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'asked'"))
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("branch_id <> to_branch_id", name="elsewhere"),
        CheckConstraint("state IN ('asked', 'accepted', 'declined')", name="state"),
        CheckConstraint(
            "(state = 'asked') = (settled_at IS NULL)"
            " AND (settled_at IS NULL) = (settled_by IS NULL)",
            name="settled",
        ),
        CheckConstraint("settled_by <> asked_by", name="another_person"),
        CheckConstraint("moved_at IS NULL OR state = 'accepted'", name="moved"),
        Index(
            "uq_customer_move_open",
            "customer_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )


class CustomerMerge(Base):
    """Two records of one person, seen as one until it is undone. No other row is touched by it."""

    __tablename__ = "customer_merge"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    reason: Mapped[str]
    merged_at: Mapped[datetime]
    merged_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    undone_because: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two"),
        CheckConstraint("num_nulls(undone_at, undone_by, undone_because) IN (0, 3)", name="undone"),
        Index(
            "uq_customer_merge_live",
            "merged_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )
