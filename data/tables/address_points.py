"""Where addresses turned out to be: points that field visits propose, and what became of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import AgentId, Base, BranchId, Json, JsonList, OptionalPoint, Point
from data.tables.collection import GEOCODE_QUALITIES

Uuids = ARRAY(Uuid)


class AddressPoint(Base):
    """Each point that an address has had, beside the source's own; the highest version holds.

    Nothing here is edited: undoing is another row. `sigma_m` is the point's 1σ error per axis,
    `agents` are those whose visits vouch for it, `source_location` is what the source said then.
    """

    __tablename__ = "address_point"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"))
    version: Mapped[int] = mapped_column(Integer)
    location: Mapped[Point]
    sigma_m: Mapped[float]
    origin: Mapped[str]
    agents: Mapped[list[UUID]] = mapped_column(Uuids)
    source_location: Mapped[OptionalPoint]
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("address_point_proposal.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("address_id", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("sigma_m > 0 AND sigma_m <= 2000", name="sigma"),
        CheckConstraint(
            "origin IN ('source', 'pinned', 'accepted', 'confirmed', 'drawn')", name="origin"
        ),
        CheckConstraint("origin <> 'accepted' OR proposal_id IS NOT NULL", name="accepted"),
        CheckConstraint("origin <> 'pinned' OR cardinality(agents) = 1", name="pinned"),
        CheckConstraint("origin <> 'confirmed' OR cardinality(agents) >= 2", name="confirmed"),
    )


class AddressPointProposal(Base):
    """A better point that visits propose for an address.

    `distance_m` is from the point of version `base_version`, which was believed then; `agents`
    are those whose visits agree, in ascending order. What became of it: `address_point_review`.
    """

    __tablename__ = "address_point_proposal"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"))
    base_version: Mapped[int] = mapped_column(Integer)
    location: Mapped[Point]
    sigma_m: Mapped[float]
    quality: Mapped[str]
    distance_m: Mapped[float]
    agents: Mapped[list[UUID]] = mapped_column(Uuids)
    visits: Mapped[int] = mapped_column(Integer)
    proposed_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("id", "agents"),
        CheckConstraint(f"quality IN {GEOCODE_QUALITIES}", name="quality"),
        CheckConstraint("sigma_m > 0", name="sigma"),
        CheckConstraint("cardinality(agents) >= 1 AND visits >= 1", name="witnesses"),
        Index("ix_address_point_proposal_address_id_proposed_at", "address_id", "proposed_at"),
    )


class AddressPointWitness(Base):
    """A visit that a proposal rests on, what else confirms it, and whether it agrees."""

    __tablename__ = "address_point_witness"
    proposal_id: Mapped[UUID] = mapped_column(
        ForeignKey("address_point_proposal.id"), primary_key=True
    )
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"))
    location: Mapped[Point]
    sigma_m: Mapped[float]
    confirmed_by: Mapped[str]
    agrees: Mapped[bool]
    __table_args__ = (
        CheckConstraint("confirmed_by IN ('receipt', 'promise', 'check-in')", name="confirmed_by"),
    )


class AddressPointReview(Base):
    """What a supervisor decided on a proposal, once; never one whose own visits it rests on."""

    __tablename__ = "address_point_review"
    proposal_id: Mapped[UUID] = mapped_column(primary_key=True)
    agents: Mapped[list[UUID]] = mapped_column(Uuids)
    branch_id: Mapped[BranchId]
    decision: Mapped[str]
    note: Mapped[str | None]
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        ForeignKeyConstraint(
            ["proposal_id", "agents"],
            ["address_point_proposal.id", "address_point_proposal.agents"],
        ),
        CheckConstraint("decision IN ('accepted', 'rejected')", name="decision"),
        CheckConstraint("reviewed_by <> ALL (agents)", name="another_person"),
    )


class AddressPin(Base):
    """Where an agent says an address is: their word, with the fix the phone showed.

    `is_placed`: the address had no point before, so this became it; `reasons` say why not.
    """

    __tablename__ = "address_pin"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[AgentId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), index=True)
    device_time: Mapped[datetime]
    server_time: Mapped[datetime]
    fix: Mapped[Json]
    note: Mapped[str | None]
    is_placed: Mapped[bool]
    distance_m: Mapped[float | None]
    reasons: Mapped[JsonList]
    body_hash: Mapped[bytes]
