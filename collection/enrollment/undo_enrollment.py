"""Take back what a file of people has brought, as long as nothing has come of it."""

from uuid import UUID

from collection.enrollment import store
from collection.enrollment.errors import EnrollmentNotFound, OwnEnrollment, SomethingDepends
from data.session import Session


async def undo_enrollment(session: Session, enrollment_id: UUID, by: UUID) -> int:
    """Take all people of an enrollment out again, with their tills, series and phones, and the file
    itself, which can be enrolled anew; how many they were.

    Another person than who enrolled them does it. Raises `EnrollmentNotFound`, `OwnEnrollment`, or
    `SomethingDepends` with all that has come of it: then nothing has changed.
    """
    enrolled_by = await store.lock_enrollment(session, enrollment_id)
    if enrolled_by is None:
        raise EnrollmentNotFound(str(enrollment_id))
    if enrolled_by == by:
        raise OwnEnrollment
    dependents = await store.dependents(session, enrollment_id)
    if dependents:
        raise SomethingDepends(dependents[:50], len(dependents))
    return await store.take_out(session, enrollment_id)
