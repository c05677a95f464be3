"""People, branches, devices, sign-in."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.columns import Base, BranchId, Json, JsonList, OptionalPoint, Point, Texts
from data.sealed import NOT_TOLD, Sealed, is_sealed

VEHICLES = ("walking", "two_wheeler", "car")
GENDERS = ("female", "male")
ROLES = (
    "agent", "supervisor", "allocation_manager", "cash_desk", "branch_manager", "tele_caller",
    "head_office", "leadership", "auditor", "admin", "integration",
)  # fmt: skip
ROUND_ENDS = ("home", "branch", "open")


class Branch(Base):
    """A node of the branch tree: zone, currency, contact hours, location."""

    __tablename__ = "branch"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("branch.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    zone: Mapped[str]
    country: Mapped[str]
    currency: Mapped[str]
    location: Mapped[OptionalPoint]
    contact_from: Mapped[time] = mapped_column(server_default=text("'08:00'"))
    contact_to: Mapped[time] = mapped_column(server_default=text("'19:00'"))
    __table_args__ = (CheckConstraint("contact_from < contact_to", name="contact_hours"),)


class Staff(Base):
    """A person who works for the lender, with one role; what it grants is as usual, or as
    `composed_role` says. Both change by an accepted `RoleChange` alone."""

    __tablename__ = "staff"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    role: Mapped[str]
    full_name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(Sealed)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    failed_sign_ins: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    language: Mapped[str | None]
    composed_role: Mapped[str | None] = mapped_column(
        ForeignKey("composed_role.name", name="fk_staff_composed_role", use_alter=True)
    )
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("username = lower(username)", name="username_lower"),
        is_sealed("phone"),
        CheckConstraint("language ~ '^[a-z]{2}$'", name="language"),
    )


class AgentProfile(Base):
    """What planning and custody must know of an agent.

    Of cases with one of `excluded_tags` the agent gets none, and of others at most `max_cases`.
    """

    __tablename__ = "agent_profile"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    home: Mapped[Point]
    vehicle: Mapped[str] = mapped_column(server_default=text("'two_wheeler'"))
    skills: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    languages: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    round_start: Mapped[str] = mapped_column(server_default=text("'home'"))
    round_end: Mapped[str] = mapped_column(server_default=text("'home'"))
    max_distance_m: Mapped[int | None]
    gender: Mapped[str | None]
    max_cases: Mapped[int | None] = mapped_column(Integer)
    excluded_tags: Mapped[Texts] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (
        CheckConstraint(f"vehicle IN {VEHICLES}", name="vehicle"),
        CheckConstraint(f"round_start IN {ROUND_ENDS}", name="round_start"),
        CheckConstraint(f"round_end IN {ROUND_ENDS}", name="round_end"),
        CheckConstraint("max_distance_m > 0", name="max_distance"),
        CheckConstraint(f"gender IN {GENDERS}", name="gender"),
        CheckConstraint("max_cases >= 0", name="max_cases"),
    )


class Shift(Base):
    """When an agent works; two of one agent cannot overlap. `absent_since` marks a drop-out.

    `round_start` and `round_end` are NULL where the agent's profile says.
    """

    __tablename__ = "shift"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    during: Mapped[Any] = mapped_column(TSTZRANGE)
    absent_since: Mapped[datetime | None]
    absent_reason: Mapped[str | None]
    round_start: Mapped[str | None]
    round_end: Mapped[str | None]
    __table_args__ = (
        ExcludeConstraint(("agent_id", "="), ("during", "&&"), name="ex_shift_overlap"),
        CheckConstraint(f"round_start IN {ROUND_ENDS}", name="round_start"),
        CheckConstraint(f"round_end IN {ROUND_ENDS}", name="round_end"),
    )


class ShiftBreak(Base):
    """A rest in a shift: it begins at `begins_at` or up to `slack_s` later."""

    __tablename__ = "shift_break"
    shift_id: Mapped[UUID] = mapped_column(
        ForeignKey("shift.id", ondelete="CASCADE"), primary_key=True
    )
    begins_at: Mapped[datetime] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    length_s: Mapped[int]
    slack_s: Mapped[int]
    __table_args__ = (
        CheckConstraint("length_s > 0", name="length"),
        CheckConstraint("slack_s >= 0", name="slack"),
    )


class Device(Base):
    """An enrolled phone. Its key is stored as a SHA-256 hash only."""

    __tablename__ = "device"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    label: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    key_changed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    proof_key: Mapped[bytes | None]
    __table_args__ = (CheckConstraint("octet_length(proof_key) = 32", name="proof_key"),)


class SignOn(Base):
    """Which agent carries which device, from when to when: at most one each at a time."""

    __tablename__ = "sign_on"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"), index=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent_profile.agent_id"), index=True)
    during: Mapped[Any] = mapped_column(TSTZRANGE)
    __table_args__ = (
        ExcludeConstraint(("device_id", "="), ("during", "&&"), name="ex_sign_on_device"),
        ExcludeConstraint(("agent_id", "="), ("during", "&&"), name="ex_sign_on_agent"),
    )


class PhoneVault(Base):
    """The server's part of the key that an agent's data on a phone is kept under; destroyed, it is
    gone."""

    __tablename__ = "phone_vault"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"), index=True)
    part: Mapped[bytes | None]
    made_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("(part IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
        CheckConstraint("octet_length(part) = 32", name="part"),
    )


class PhoneSalvage(Base):
    """What a wiped phone had not sent: under its data key, which is sealed to the installation. It
    comes in parts, and `is_whole` with the last of them."""

    __tablename__ = "phone_salvage"
    vault_id: Mapped[UUID] = mapped_column(ForeignKey("phone_vault.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    sealed_key: Mapped[Json]
    records: Mapped[JsonList]
    is_whole: Mapped[bool] = mapped_column(server_default=text("true"))
    came_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    __table_args__ = (CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name="opened"),)


class AccessToken(Base):
    """A bearer's right to act, stored hashed; for a member of staff or for a customer."""

    __tablename__ = "access_token"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    id: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    address: Mapped[str | None]
    client: Mapped[str | None]
    proof_key: Mapped[bytes | None]
    __table_args__ = (
        CheckConstraint("num_nonnulls(staff_id, customer_id) = 1", name="one_bearer"),
        CheckConstraint("octet_length(proof_key) = 32", name="proof_key"),
        Index("ix_access_token_staff_id", "staff_id"),
    )


class PasswordCode(Base):
    """A code with which a person chooses a new password, once and until it expires; stored
    hashed."""

    __tablename__ = "password_code"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    code_hash: Mapped[bytes]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("issued_by <> staff_id", name="not_their_own"),)


class Passkey(Base):
    """A key of a person's phone, computer or security key (WebAuthn); what is here is public."""

    __tablename__ = "passkey"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    branch_id: Mapped[BranchId]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class ProviderAccount(Base):
    """Who a person is at the organization's identity provider. `email` ties them to `subject` at
    their first sign-in there; with `is_only` nothing else signs them in."""

    __tablename__ = "provider_account"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    email: Mapped[str] = mapped_column(unique=True)
    is_only: Mapped[bool]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    tied_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("email = lower(email)", name="email_is_lower"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="subject_has_issuer"),
    )


class SecondFactor(Base):
    """A person's authenticator app. It counts from `confirmed_at` on; no code serves twice."""

    __tablename__ = "second_factor"
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    branch_id: Mapped[BranchId]
    secret: Mapped[str] = mapped_column(Sealed, info=NOT_TOLD)
    """Encrypted."""
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (is_sealed("secret"),)


class RecoveryCode(Base):
    """A code that serves once, when the app is lost; stored hashed."""

    __tablename__ = "recovery_code"
    staff_id: Mapped[UUID] = mapped_column(
        ForeignKey("second_factor.staff_id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]
