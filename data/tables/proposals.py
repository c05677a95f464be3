"""What managers weigh before it is so: scenarios, and proposals of who works which case."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Double, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, JsonList, MinorUnits


class AssignmentProposal(Base):
    """Changes of owner that a manager weighs: nothing happens until they are published.

    It is seen by who sees all of `branch_ids`. `revision` counts what managers edited by hand.
    `portfolios` are what agents would have without the changes, `unplaced` the cases that nobody
    can take; both, and `figures`, are of proposals that were solved for.
    """

    __tablename__ = "assignment_proposal"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    branch_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    origin: Mapped[str]
    name: Mapped[str]
    file_hash: Mapped[bytes | None]
    rows_read: Mapped[int | None]
    problems: Mapped[JsonList]
    figures: Mapped[Json | None]
    portfolios: Mapped[JsonList | None]
    unplaced: Mapped[JsonList | None]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint("state IN ('open', 'published', 'discarded', 'undone')", name="state"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by"),
        CheckConstraint("origin IN ('sheet', 'scenario', 'city_run')", name="origin"),
        CheckConstraint("branch_id = ANY (branch_ids)", name="branches"),
        CheckConstraint("(figures IS NULL) = (portfolios IS NULL)", name="figures"),
    )


class ProposedChange(Base):
    """A case that would change hands; to nobody where `to_id` is NULL.

    Ids have no keys: a scenario's agents and cases need not exist, and such a change is
    `hypothetical`. `row` is the sheet's. Travel is from where the agent starts; work, money and
    `*_knows` (whether the agent knows the customer) are what figures are made of. `outcome` says
    what publishing, and then undoing, came to.
    """

    __tablename__ = "proposed_change"
    proposal_id: Mapped[UUID] = mapped_column(
        ForeignKey("assignment_proposal.id"), primary_key=True
    )
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    row: Mapped[int | None]
    from_id: Mapped[UUID | None]
    to_id: Mapped[UUID | None]
    reason: Mapped[str]
    pin: Mapped[bool] = mapped_column(server_default=text("false"))
    pin_until: Mapped[datetime | None]
    lend: Mapped[bool] = mapped_column(server_default=text("false"))
    overrule: Mapped[bool] = mapped_column(server_default=text("false"))
    hypothetical: Mapped[bool] = mapped_column(server_default=text("false"))
    label: Mapped[str | None]
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    work_s: Mapped[int] = mapped_column(server_default=text("0"))
    expected_minor: Mapped[MinorUnits] = mapped_column(server_default=text("0"))
    from_travel_s: Mapped[float | None] = mapped_column(Double)
    to_travel_s: Mapped[float | None] = mapped_column(Double)
    from_knows: Mapped[bool] = mapped_column(server_default=text("false"))
    to_knows: Mapped[bool] = mapped_column(server_default=text("false"))
    outcome: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("from_id IS DISTINCT FROM to_id OR pin", name="changes"),
        CheckConstraint("outcome IN ('moved', 'left_out', 'returned', 'kept')", name="outcome"),
        CheckConstraint("NOT hypothetical OR coalesce(outcome, '') <> 'moved'", name="real"),
    )


class ProposalEdit(Base):
    """A row of a proposal that somebody edited by hand; appended, never changed.

    `was_id` and `now_id` are the agents before and after, NULL for nobody.
    """

    __tablename__ = "proposal_edit"
    proposal_id: Mapped[UUID] = mapped_column(
        ForeignKey("assignment_proposal.id"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    was_id: Mapped[UUID | None]
    now_id: Mapped[UUID | None]
    reason: Mapped[str]
    edited_at: Mapped[datetime]
    edited_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class Scenario(Base):
    """What would be if: changes to branches, solved by a job; it ends in a proposal or a problem.

    `share` is how much of the work is done, `doing` says in words what is being done.
    """

    __tablename__ = "scenario"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    branch_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    name: Mapped[str]
    day: Mapped[date]
    changes: Mapped[JsonList]
    with_rounds: Mapped[bool]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    doing: Mapped[str] = mapped_column(server_default=text("'Waiting'"))
    share: Mapped[float] = mapped_column(Double, server_default=text("0"))
    problem: Mapped[Json | None]
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment_proposal.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("(state = 'done') = (proposal_id IS NOT NULL)", name="done"),
        CheckConstraint("(state = 'failed') = (problem IS NOT NULL)", name="failed"),
        CheckConstraint("(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
        CheckConstraint("branch_id = ANY (branch_ids)", name="branches"),
        Index("ix_scenario_made_at", "branch_id", "made_at"),
    )
