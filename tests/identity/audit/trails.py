"""What tests of the audit trail share."""

from uuid import UUID

from sqlalchemy import text

from core.ids import new_id
from data.session import Session
from identity.audit import store
from identity.audit.event import AuditEvent, Kind
from identity.audit.seal import seal
from identity.audit.verify import ChainReport, Head, verify_chains
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch


def an_event(branch_id: UUID, *, reason: str | None = None, **subjects: str) -> AuditEvent:
    return AuditEvent(
        new_id(), branch_id, MONDAY_NINE, Kind.READ, new_id(), "supervisor", "192.0.2.7", None,
        "Firefox", "GET /v1/visits/{id}", subjects, reason,
    )  # fmt: skip


async def a_sealed_trail(
    session: Session, *, seals: int = 3, events: int = 4
) -> tuple[UUID, list[AuditEvent]]:
    """A branch with so many seals of so many events each."""
    written: list[AuditEvent] = []
    branch = await a_branch(session)
    for _ in range(seals):
        batch = [an_event(branch, visit_id=str(new_id())) for _ in range(events)]
        await store.add(session, batch)
        assert await seal(session, MONDAY_NINE) >= events
        written += batch
    return branch, written


async def verified(session: Session, branch: UUID, noted: Head | None = None) -> ChainReport:
    reports = await verify_chains(session, {branch: noted} if noted else None)
    return next(r for r in reports if r.branch_id == branch)


async def tamper(session: Session, *statements: str) -> None:
    """What a superuser could do: switch triggers and constraints off, and write as they like.

    The tests' role is none, but owns the tables, which is as good here.
    """
    for statement in (
        "SET LOCAL ROLE NONE",
        "ALTER TABLE audit_event DISABLE TRIGGER USER, DROP CONSTRAINT fk_audit_event_seal",
        "ALTER TABLE audit_seal DISABLE TRIGGER USER, DROP CONSTRAINT ck_audit_seal_hash,"
        " DROP CONSTRAINT fk_audit_seal_previous",
    ):
        await session.execute(text(statement))
    for statement in statements:
        assert (await session.execute(text(statement.replace(":", "\\:")))).rowcount  # type: ignore[attr-defined]
    await session.execute(text("SET LOCAL ROLE roundsman_app"))
