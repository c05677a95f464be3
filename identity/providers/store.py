"""SQL of who people are at the provider. Only a transaction that sees everything sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from data.session import Session, rows, savepoint
from identity.errors import EmailTaken
from identity.providers.provider import Identity


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """Who a person is at the provider: the address that ties them at first, and whether they were
    tied. With `is_only` nothing else signs them in."""

    email: str
    is_only: bool
    tied_at: datetime | None
    last_used_at: datetime | None


async def put(
    session: Session, staff_id: UUID, branch_id: UUID, email: str, *, is_only: bool
) -> None:
    """Name a person's address at the provider; with another one they are tied anew.

    Raises `EmailTaken`.
    """
    try:
        async with savepoint(session):
            await rows(
                session,
                "INSERT INTO provider_account AS a (staff_id, branch_id, email, is_only)"
                " VALUES (:staff, :branch, :email, :is_only)"
                " ON CONFLICT (staff_id) DO UPDATE SET email = excluded.email,"
                " is_only = excluded.is_only,"
                " issuer = CASE WHEN a.email = excluded.email THEN a.issuer END,"
                " subject = CASE WHEN a.email = excluded.email THEN a.subject END,"
                " tied_at = CASE WHEN a.email = excluded.email THEN a.tied_at END RETURNING 1",
                staff=staff_id, branch=branch_id, email=email, is_only=is_only,
            )  # fmt: skip
    except IntegrityError as refused:
        if "uq_provider_account_email" in str(refused.orig):
            raise EmailTaken(email) from None
        raise


async def of(session: Session, staff_id: UUID) -> ProviderAccount | None:
    """Who a person is at the provider."""
    found = await rows(
        session,
        "SELECT email, is_only, tied_at, last_used_at FROM provider_account"
        " WHERE staff_id = :staff",
        staff=staff_id,
    )
    return ProviderAccount(*found[0]) if found else None


async def drop(session: Session, staff_id: UUID) -> bool:
    """Forget who a person is at the provider: whether they were anybody."""
    return bool(
        await rows(
            session, "DELETE FROM provider_account WHERE staff_id = :staff RETURNING 1",
            staff=staff_id,
        )
    )  # fmt: skip


async def person_tied(session: Session, issuer: str, subject: str) -> UUID | None:
    """Whom the provider's subject was tied to."""
    found = await rows(
        session,
        "SELECT staff_id FROM provider_account WHERE issuer = :issuer AND subject = :subject",
        issuer=issuer,
        subject=subject,
    )
    return found[0].staff_id if found else None


async def tie(session: Session, identity: Identity, now: datetime) -> UUID | None:
    """Tie the person of an address, who is not tied yet, to the subject: who it is."""
    found = await rows(
        session,
        "UPDATE provider_account SET issuer = :issuer, subject = :subject, tied_at = :now"
        " WHERE email = :email AND subject IS NULL RETURNING staff_id",
        issuer=identity.issuer, subject=identity.subject, email=identity.email, now=now,
    )  # fmt: skip
    return found[0].staff_id if found else None


async def note_use(session: Session, staff_id: UUID, now: datetime) -> None:
    """Keep when somebody signed in so."""
    await rows(
        session,
        "UPDATE provider_account SET last_used_at = :now WHERE staff_id = :staff RETURNING 1",
        staff=staff_id, now=now,
    )  # fmt: skip
