"""The cash desk: cash that went between agents, and notes that turned out to be false."""

from datetime import timedelta
from uuid import UUID

from api.agents.handovers import HandoverAnswer
from api.cursor import Limit
from api.deps import CashDesk, Now, Read
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer
from collection.custody.differences import store as differences
from collection.custody.handovers import store as handovers

router = Router(prefix="/v1/cash", tags=["cash desk"])

SHOWN = timedelta(days=7)
"""How long a settled handover stays in the list."""


class CounterfeitAnswer(Answer):
    """A false note: its face, its number, whose count found it in whose cash."""

    id: UUID
    face: MoneyAnswer
    serial: str
    found_at: Instant
    finder: str
    brought_by: str | None


class HandedOverAnswer(Answer):
    """Cash that agents handed each other."""

    items: list[HandoverAnswer]


class CounterfeitsAnswer(Answer):
    """False notes, the latest first."""

    items: list[CounterfeitAnswer]


@router.get("/handovers")
async def get_handovers(
    caller: CashDesk, session: Read, now: Now, limit: Limit = 100
) -> HandedOverAnswer:
    """Cash that agents handed each other: what is offered, and what the last week settled."""
    found = await handovers.handovers(session, since=now - SHOWN, limit=limit)
    return HandedOverAnswer(items=[HandoverAnswer.model_validate(one) for one in found])


@router.get("/counterfeit-notes")
async def get_counterfeit_notes(
    caller: CashDesk, session: Read, limit: Limit = 100
) -> CounterfeitsAnswer:
    """The false notes that counts found, in deposits and in the vault."""
    found = await differences.false_notes(session, limit)
    return CounterfeitsAnswer(items=[CounterfeitAnswer.model_validate(one) for one in found])
