"""Learned speeds: what days taught of streets, what is made of it, how well it foretold legs."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION, REAL
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId

_GROUP = "hour_group BETWEEN 0 AND 47"


class StreetSpeedDay(Base):
    """A day of a network's riders that was learned from: when, and from how much."""

    __tablename__ = "street_speed_day"
    network_name: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    learned_at: Mapped[datetime]
    agents: Mapped[int] = mapped_column(Integer)
    rides: Mapped[int] = mapped_column(Integer)
    stretches: Mapped[int] = mapped_column(Integer)


class StreetSpeedClass(Base):
    """A day's sums of all riders by road class and hour group. They outlive the network's edges.

    `n` counts stretches of about a minute; `log_sq` sums up their squared log ratios.
    """

    __tablename__ = "street_speed_class"
    network_name: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    hour_group: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    class_name: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[float]
    actual_s: Mapped[float]
    expected_s: Mapped[float]
    length_m: Mapped[float]
    log_sq: Mapped[float]
    __table_args__ = (CheckConstraint(_GROUP, name="hour_group"),)


class StreetSpeedEdge(Base):
    """A day's sums of all riders by edge and hour group. They go with the network's edges."""

    __tablename__ = "street_speed_edge"
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("street_network.id", ondelete="CASCADE"), primary_key=True
    )
    profile: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    hour_group: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    edge_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    n: Mapped[float]
    actual_s: Mapped[float]
    expected_s: Mapped[float]
    __table_args__ = (CheckConstraint(_GROUP, name="hour_group"),)


class StreetSpeed(Base):
    """A version of the learned speeds of a network; the newest counts.

    `log_pace` has the logarithm of how many times its default each class takes, `edge_log` what
    the edges of the network with this hash take beyond that. The row of group -1 holds what edges
    take in every hour.
    """

    __tablename__ = "street_speed"
    network_name: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    learned_at: Mapped[datetime] = mapped_column(primary_key=True)
    hour_group: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    graph_hash: Mapped[str]
    class_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    log_pace: Mapped[list[float]] = mapped_column(ARRAY(DOUBLE_PRECISION))
    n: Mapped[list[float]] = mapped_column(ARRAY(DOUBLE_PRECISION))
    edge_no: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    edge_log: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    __table_args__ = (
        CheckConstraint("hour_group BETWEEN -1 AND 47", name="hour_group"),
        CheckConstraint("cardinality(edge_no) = cardinality(edge_log)", name="edges"),
        CheckConstraint(
            "cardinality(class_names) = cardinality(log_pace)"
            " AND cardinality(n) = cardinality(log_pace)",
            name="classes",
        ),
    )


class TravelledLeg(Base):
    """A ride from one stay to the next: seconds taken, and what was foretold from earlier days.

    `learned_s` is NULL where nothing had been learned yet. Neither who rode nor where is kept.
    """

    __tablename__ = "travelled_leg"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    network_name: Mapped[str]
    profile: Mapped[str]
    day: Mapped[date]
    hour_group: Mapped[int] = mapped_column(SmallInteger)
    class_name: Mapped[str]
    length_m: Mapped[float]
    actual_s: Mapped[float]
    default_s: Mapped[float]
    learned_s: Mapped[float | None]
    __table_args__ = (
        CheckConstraint(_GROUP, name="hour_group"),
        CheckConstraint("actual_s > 0 AND default_s > 0 AND learned_s > 0", name="seconds"),
        Index("ix_travelled_leg_network_name_day", "network_name", "day"),
    )
