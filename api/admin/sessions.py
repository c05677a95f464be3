"""Where people are signed in, and their second factors, for administrators."""

from uuid import UUID

from fastapi import Response

from api.account import SessionAnswer, SessionsAnswer
from api.deps import Admin, Db, Now, Read, Recording, Tx
from api.routing import Router
from api.schemas import Answer
from data.session import EVERYTHING
from identity.bearers import store
from identity.second_factor.turn_on import turn_off_for

router = Router(prefix="/v1/staff", tags=["admin: people"])


class EndedAnswer(Answer):
    """How many sign-ins were ended."""

    ended: int


@router.get("/{id}/sessions")
async def get_sessions(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    now: Now,
) -> SessionsAnswer:
    """Where a person is signed in."""
    await store.check_person(session, id)
    found = await store.sessions_of(session, id, now)
    return SessionsAnswer(items=[SessionAnswer.model_validate(each) for each in found])


@router.delete("/{id}/sessions")
async def delete_sessions(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> EndedAnswer:
    """Sign a person out everywhere, at once."""
    await store.check_person(session, id)
    return EndedAnswer(ended=await store.end_sessions(session, id, now))


@router.delete("/{id}/second-factor", status_code=204)
async def delete_second_factor(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    database: Db,
    now: Now,
    record: Recording,
) -> Response:
    """Turn a person's second factor off, who has lost the app and the recovery codes. They are
    signed in with the password alone until they turn it on again: make sure that it is they."""
    await store.check_person(session, id)
    async with database.transaction(EVERYTHING) as everything:
        await turn_off_for(everything, id, caller, now)
        await record(everything)
    return Response(status_code=204)
