"""SQL of enrollments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from data.session import Session, rows, run
from data.tables.enrollment import EnrolledPerson, Enrollment
from identity.people.first_sign_in import Newcomer
from identity.secret import NO_PASSWORD


@dataclass(frozen=True, slots=True)
class EnrollmentLine:
    """A file whose people were enrolled; `waiting` have chosen no password yet and not left."""

    id: UUID
    branch: str
    file_name: str
    rows_read: int
    people: int
    waiting: int
    enrolled_at: datetime
    enrolled_by: str
    printed_at: datetime | None
    enrolled_by_id: UUID


_LINES = """
    SELECT e.id, b.code AS branch, e.file_name, e.rows_read, p.people, p.waiting, e.enrolled_at,
           coalesce(s.full_name, 'Somebody of another branch') AS enrolled_by, e.printed_at,
           e.enrolled_by AS enrolled_by_id
    FROM enrollment e JOIN branch b ON b.id = e.branch_id LEFT JOIN staff s ON s.id = e.enrolled_by
    CROSS JOIN LATERAL (
        SELECT count(*) AS people,
               count(*) FILTER (WHERE w.password_hash = :no_password AND w.is_active) AS waiting
        FROM enrolled_person p JOIN staff w ON w.id = p.staff_id WHERE p.enrollment_id = e.id) p
"""


async def lock_branch(session: Session, branch_id: UUID) -> None:
    """Have a branch's files of people be taken in one after another."""
    await run(
        session,
        "SELECT pg_advisory_xact_lock(hashtext('enrollment:' || :branch))",
        branch=str(branch_id),
    )


async def enrollments(session: Session, limit: int) -> Sequence[EnrollmentLine]:
    """The newest enrollments in scope."""
    found = await rows(
        session,
        f"{_LINES} ORDER BY e.enrolled_at DESC, e.id DESC LIMIT :limit",
        no_password=NO_PASSWORD,
        limit=limit,
    )
    return [EnrollmentLine(*r) for r in found]


async def enrollment(session: Session, id_: UUID) -> EnrollmentLine | None:
    """An enrollment in scope."""
    found = await rows(session, f"{_LINES} WHERE e.id = :id", no_password=NO_PASSWORD, id=id_)
    return EnrollmentLine(*found[0]) if found else None


async def of_file(session: Session, branch_id: UUID, file_hash: bytes) -> UUID | None:
    """The enrollment of these bytes at a branch."""
    found = await rows(
        session,
        "SELECT id FROM enrollment WHERE branch_id = :branch AND file_hash = :hash",
        branch=branch_id,
        hash=file_hash,
    )
    return found[0].id if found else None


async def add_enrollment(session: Session, people: Sequence[dict[str, Any]], **values: Any) -> None:
    """Store an enrollment and whom it brought; the keys are columns."""
    await session.execute(insert(Enrollment).values(**values))
    told = [{"enrollment_id": values["id"], **one} for one in people]
    await session.execute(insert(EnrolledPerson), told)


async def newcomers(session: Session, enrollment_id: UUID) -> Sequence[Newcomer]:
    """Who of an enrollment has no password yet and has not left, by branch and name; locked, so
    that nobody is given two codes at once."""
    found = await rows(
        session,
        """
        SELECT s.id, s.branch_id, b.name, s.full_name, s.username, s.role, d.id AS device_id,
               d.label
        FROM enrolled_person p JOIN staff s ON s.id = p.staff_id JOIN branch b ON b.id = s.branch_id
        LEFT JOIN device d ON d.id = p.device_id AND d.revoked_at IS NULL
        WHERE p.enrollment_id = :enrollment AND s.is_active AND s.password_hash = :no_password
        ORDER BY b.name, s.full_name, s.id FOR NO KEY UPDATE OF s
        """,
        enrollment=enrollment_id,
        no_password=NO_PASSWORD,
    )
    return [Newcomer(*r) for r in found]


async def note_printed(session: Session, enrollment_id: UUID, by: UUID, at: datetime) -> None:
    """Keep who printed the sheets last, and when."""
    await session.execute(
        update(Enrollment)
        .where(Enrollment.id == enrollment_id)
        .values(printed_at=at, printed_by=by)
    )


async def lock_enrollment(session: Session, enrollment_id: UUID) -> UUID | None:
    """Who has enrolled a file in scope, which is locked until the end."""
    found = await rows(
        session, "SELECT enrolled_by FROM enrollment WHERE id = :id FOR UPDATE", id=enrollment_id
    )
    return found[0].enrolled_by if found else None


async def dependents(session: Session, enrollment_id: UUID) -> list[dict[str, str]]:
    """Who of an enrollment has begun, and with what: a password, cases, shifts, a phone, cash, a
    change of role or branch, or that they left."""
    found = await rows(
        session,
        """
        SELECT s.id, s.full_name, array_remove(ARRAY[
            CASE WHEN s.password_hash <> :no_password THEN 'password' END,
            CASE WHEN EXISTS (SELECT FROM assignment a WHERE a.agent_id = s.id) THEN 'cases' END,
            CASE WHEN EXISTS (SELECT FROM shift h WHERE h.agent_id = s.id) THEN 'shifts' END,
            CASE WHEN EXISTS (SELECT FROM sign_on i WHERE i.agent_id = s.id OR i.device_id =
                p.device_id) THEN 'phone' END,
            CASE WHEN EXISTS (SELECT FROM receipt r WHERE r.agent_id = s.id) THEN 'receipts' END,
            CASE WHEN EXISTS (SELECT FROM role_change c WHERE c.staff_id = s.id) THEN 'role' END,
            CASE WHEN EXISTS (SELECT FROM branch_move m WHERE m.staff_id = s.id) THEN 'branch' END,
            CASE WHEN EXISTS (SELECT FROM limit_change l WHERE l.agent_id = s.id)
                THEN 'cash_limit' END,
            CASE WHEN NOT s.is_active THEN 'left' END], NULL) AS what
        FROM enrolled_person p JOIN staff s ON s.id = p.staff_id
        WHERE p.enrollment_id = :enrollment ORDER BY s.full_name, s.id
        """,
        no_password=NO_PASSWORD,
        enrollment=enrollment_id,
    )
    return [{"person": r.full_name, "what": ", ".join(r.what)} for r in found if r.what]


async def take_out(session: Session, enrollment_id: UUID) -> int:
    """Have the database take an enrollment's people out, which it refuses while anything else
    points at them; how many they were."""
    found = await rows(session, "SELECT undo_enrollment(:id) AS people", id=enrollment_id)
    people: int = found[0].people
    return people
