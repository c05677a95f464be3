"""Signing on to a phone, so that its pings are the agent's."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from api.deps import Agent, Now, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body
from identity.sign_on import sign_off_from_all, sign_on_to

router = Router(prefix="/v1/agent", tags=["agent: phone"])


class SignOnBody(Body):
    """The phone, by the key that was shown when it was enrolled."""

    device_key: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class SignOnAnswer(Answer):
    """The phone that the agent carries now; `reason` tells which sign-ons that has ended."""

    device_id: UUID
    label: str
    suspect: bool
    reason: Told | None


@router.put("/sign-on")
async def put_sign_on(body: SignOnBody, agent: Agent, session: Tx, now: Now) -> SignOnAnswer:
    """Carry a phone from now on: its pings are this agent's until sign-off.

    Who still carried it is signed off, and so is the agent from the phone they had: `suspect`.
    """
    return SignOnAnswer.model_validate(
        await sign_on_to(session, agent.id, body.device_key, now, proof_key=agent.proof_key)
    )


@router.delete("/sign-on", status_code=204)
async def delete_sign_on(agent: Agent, session: Tx, now: Now) -> Response:
    """Put the phone away: from now on nobody is located by it."""
    await sign_off_from_all(session, agent.id, now)
    return Response(status_code=204)
