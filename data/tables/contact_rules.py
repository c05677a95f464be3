"""Contact rules as data: the rules, the holidays that branches declare, what products are."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, JsonList, Texts

RULE_KINDS = (
    "hours", "weekday", "holiday", "frequency", "quiet_after", "place", "party", "precondition",
    "hold", "conduct",
)  # fmt: skip
PARAMS = """
CASE kind
    WHEN 'hours' THEN coalesce(params->>'from' < params->>'to', false)
    WHEN 'weekday' THEN coalesce(jsonb_array_length(params->'weekdays') BETWEEN 1 AND 7, false)
    WHEN 'holiday' THEN params->>'calendar' IS NOT NULL
    WHEN 'frequency' THEN coalesce(CAST(params->>'max' AS integer) > 0
                                   AND CAST(params->>'days' AS integer) > 0, false)
    WHEN 'quiet_after' THEN coalesce(params->>'after' IN ('conversation', 'attempt')
                                     AND CAST(params->>'days' AS integer) > 0, false)
    WHEN 'place' THEN coalesce(jsonb_array_length(params->'allowed') > 0, false)
    WHEN 'party' THEN coalesce(jsonb_array_length(params->'only') > 0, false)
    WHEN 'precondition' THEN coalesce(jsonb_array_length(params->'requires') > 0, false)
    WHEN 'hold' THEN coalesce(jsonb_array_length(params->'kinds') > 0, false)
    ELSE params = '{}'
END
"""
"""What a kind of rule cannot do without. The product checks more before it writes."""

CHANNELS = "ARRAY['visit', 'call', 'sms', 'email', 'whatsapp', 'ivr', 'letter', 'app_push']"
PRODUCTS = (
    "ARRAY['consumer', 'business', 'vehicle', 'mortgage', 'card', 'digital', 'microfinance',"
    " 'bill']"
)
ACTORS = "ARRAY['bank', 'nbfc', 'mfi', 'third_party']"


class ContactRule(Base):
    """A version of a rule that binds a branch and those below it. The newest version counts.

    Append-only: a change is the next version. `pack` is the pack that the version is from, NULL
    when a person wrote it.
    """

    __tablename__ = "contact_rule"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    branch_id: Mapped[BranchId]
    code: Mapped[str]
    title: Mapped[str]
    jurisdiction: Mapped[str]
    regime: Mapped[str]
    citation: Mapped[str]
    source_url: Mapped[str | None]
    is_verified: Mapped[bool]
    product_classes: Mapped[Texts]
    actor_classes: Mapped[Texts]
    channels: Mapped[Texts]
    kind: Mapped[str]
    params: Mapped[Json]
    tz_basis: Mapped[str]
    counts_on: Mapped[str]
    effect: Mapped[str]
    precedence: Mapped[int] = mapped_column(Integer)
    status: Mapped[str]
    effective: Mapped[Any] = mapped_column(DATERANGE)
    pack: Mapped[str | None]
    pack_version: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("branch_id", "code", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(f"kind IN {RULE_KINDS}", name="kind"),
        CheckConstraint(PARAMS, name="params"),
        CheckConstraint("jurisdiction ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'", name="jurisdiction"),
        CheckConstraint(f"channels <@ {CHANNELS}", name="channels"),
        CheckConstraint(f"product_classes <@ {PRODUCTS}", name="product_classes"),
        CheckConstraint(f"actor_classes <@ {ACTORS}", name="actor_classes"),
        CheckConstraint(
            "tz_basis IN ('account_branch', 'address', 'person_location', 'all_candidates')",
            name="tz_basis",
        ),
        CheckConstraint("counts_on IN ('person_account', 'person')", name="counts_on"),
        CheckConstraint(
            "effect IN ('block', 'warn', 'require_override', 'require_evidence')", name="effect"
        ),
        CheckConstraint("status IN ('in_force', 'draft', 'off')", name="status"),
        CheckConstraint("NOT isempty(effective)", name="effective"),
        CheckConstraint("(pack IS NULL) = (pack_version IS NULL)", name="pack"),
    )


class ContactRulebook(Base):
    """Which versions of rules a decision was made by, kept once for each set of them."""

    __tablename__ = "contact_rulebook"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    rules: Mapped[JsonList]
    first_used_at: Mapped[datetime]


class BranchCalendar(Base):
    """The calendar that a branch goes by: that of its part of the country (ISO 3166-2). Without a
    row it is its country's."""

    __tablename__ = "branch_calendar"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    calendar: Mapped[str]


class Holiday(Base):
    """What a branch declares of a day of a calendar, for itself and those below it.

    Of a day the nearest branch's newest word counts. A half day is closed from `closed_from`
    (midnight) to `closed_to` (midnight); ``working_day`` says that the calendar is wrong.
    """

    __tablename__ = "holiday"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    calendar: Mapped[str]
    day: Mapped[date]
    name: Mapped[str]
    kind: Mapped[str]
    closed_from: Mapped[time | None]
    closed_to: Mapped[time | None]
    declared_at: Mapped[datetime]
    declared_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(
            "kind IN ('national', 'state', 'branch', 'religious', 'working_day')", name="kind"
        ),
        CheckConstraint(
            "coalesce(closed_from < closed_to, true)"
            " AND (kind <> 'working_day' OR num_nonnulls(closed_from, closed_to) = 0)",
            name="closed",
        ),
        Index("ix_holiday_calendar_day", "calendar", "day"),
    )


class ProductClass(Base):
    """What a product code is to contact rules, for a branch and those below it."""

    __tablename__ = "product_class"
    branch_id: Mapped[UUID] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    product_code: Mapped[str] = mapped_column(primary_key=True)
    product_class: Mapped[str]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (
        CheckConstraint(f"product_class = ANY ({PRODUCTS})", name="product_class"),
        CheckConstraint("length(product_code) BETWEEN 1 AND 100", name="product_code"),
    )


class ContactDecision(Base):
    """What the gate said of a contact, and why. Append-only; written for refusals, too.

    `subject_id` is the round or the check-in it was about. A refusal of a whole day has no
    `contact_at`. `facts` are what rules were told of the case.
    """

    __tablename__ = "contact_decision"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent_profile.agent_id"))
    asked_for: Mapped[str]
    subject_id: Mapped[UUID | None]
    channel: Mapped[str]
    place: Mapped[str]
    day: Mapped[date]
    contact_at: Mapped[datetime | None]
    is_allowed: Mapped[bool]
    hits: Mapped[JsonList]
    facts: Mapped[Json]
    rulebook: Mapped[str]
    evaluated_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("asked_for IN ('plan', 'check_in', 'contact')", name="asked_for"),
        CheckConstraint("is_allowed OR hits <> '[]'", name="reasons"),
        CheckConstraint(f"channel = ANY ({CHANNELS})", name="channel"),
        Index("ix_contact_decision_case_id", "case_id", "evaluated_at"),
        Index(
            "ix_contact_decision_subject_id",
            "subject_id",
            postgresql_where=text("subject_id IS NOT NULL"),
        ),
    )
