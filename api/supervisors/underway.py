"""Rounds while they are ridden: what changes a day, and what is offered."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator

from allocation.during_day.add_case import add_case
from allocation.during_day.swap_half_shift import swap_half_shift
from api.agents.round import EtaAnswer, EtasAnswer
from api.deps import Agent, AllocationManager, Now, Read, Supervisor, Tx
from api.once import Once
from api.reader import Told, told
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, Moment, Text
from core.clock import local_day
from core.ids import new_id
from data.session import Session
from identity import store as identity
from identity.principal import Principal
from routing.underway.notices.notice import Kind, NewNotice
from routing.underway.notices.tell import plan_again, tell
from routing.underway.offers import store
from routing.underway.offers.decide import Decision, decide
from routing.underway.told import told_of_case, told_windows

router = Router(prefix="/v1", tags=["supervisors: rounds underway"])
"""What supervisors do."""

own = Router(prefix="/v1/agent", tags=["agent: round"])
"""What agents do about their own round."""


class AtBody(Body):
    """When, and why in words."""

    at: Moment
    reason: Text | None = None


class NoticeBody(AtBody):
    """`late`: nothing can be done before `at`. `stops_early`: the shift ends at `at`."""

    kind: Literal[Kind.LATE, Kind.STOPS_EARLY]


class NoticeAnswer(Answer):
    """What was taken down. The rest of the round is planned again at once."""

    id: UUID
    agent_id: UUID
    kind: Kind
    at: Instant
    facts: dict[str, Any]
    reason: Told | None
    told_at: Instant
    told_by: UUID


class AddedCaseBody(Body):
    """A case to give to the agent; an urgent one is visited today if it can be.

    `overrule` gives it to one whom a rule of allocation keeps from it.
    """

    case_id: UUID
    urgent: bool = False
    overrule: bool = False
    reason: Text | None = None


class SwapBody(AtBody):
    """With whom the agent swaps the rest of the day from `at` on."""

    with_agent_id: UUID


class SwapAnswer(Answer):
    """How many visits went each way, and when the two shifts end now."""

    given: int
    taken: int
    ends_at: Instant
    other_ends_at: Instant


class ReplanAnswer(Answer):
    """The rest of the round is being planned again."""

    agent_id: UUID


def _told_difference(difference: dict[str, Any]) -> dict[str, Any]:
    return difference | {"words": [told(each) for each in difference["words"]]}


class OfferAnswer(Answer):
    """A re-planned round on offer. `difference` is what it changes: visits `added`, `dropped`,
    `moved` (another place in the order) and `retimed`, `travel_saved_s`, and `words`."""

    id: UUID
    agent_id: UUID
    agent: str
    day: date
    base_revision: int
    cause: str
    why: Told
    difference: Annotated[dict[str, Any], AfterValidator(_told_difference)]
    made_at: Instant
    expires_at: Instant
    state: str
    decided_at: Instant | None
    decided_by: UUID | None
    decided_by_name: str | None
    round_id: UUID | None


class OffersAnswer(Answer):
    """Offers that can still be taken, the newest first."""

    items: list[OfferAnswer]


class DecisionBody(Body):
    """Take the offered round, or leave the round as it is."""

    decision: Decision


async def _told(
    session: Session, caller: Principal, agent_id: UUID, kind: Kind, body: AtBody, now: datetime
) -> NoticeAnswer:
    new = NewNotice(new_id(), agent_id, kind, body.at, body.reason, caller.id, body.digest())
    return NoticeAnswer.model_validate(await tell(session, new, now))


@router.post("/agents/{agent_id}/late")
async def post_late(
    agent_id: UUID, body: AtBody, caller: Supervisor, session: Tx, now: Now, once: Once
) -> NoticeAnswer:
    """An agent can do nothing before `at`: the rest of the round is planned again from then."""
    return await once(
        body, NoticeAnswer, lambda: _told(session, caller, agent_id, Kind.LATE, body, now)
    )


@router.post("/agents/{agent_id}/stop-early")
async def post_stop_early(
    agent_id: UUID, body: AtBody, caller: Supervisor, session: Tx, now: Now, once: Once
) -> NoticeAnswer:
    """An agent's shift ends at `at`: what has no room before is left out, and said why."""
    return await once(
        body, NoticeAnswer, lambda: _told(session, caller, agent_id, Kind.STOPS_EARLY, body, now)
    )


@router.post("/agents/{agent_id}/cases")
async def post_case(
    agent_id: UUID, body: AddedCaseBody, caller: AllocationManager, session: Tx, now: Now,
    once: Once,
) -> NoticeAnswer:  # fmt: skip
    """Give an agent one case more today; whoever had it loses it, and both are planned again."""

    async def act() -> NoticeAnswer:
        new = NewNotice(
            new_id(), agent_id, Kind.CASE_ADDED, now, body.reason, caller.id, body.digest()
        )
        added = await add_case(
            session, new, body.case_id, now, urgent=body.urgent, overrule=body.overrule
        )
        return NoticeAnswer.model_validate(added)

    return await once(body, NoticeAnswer, act)


@router.post("/agents/{agent_id}/swap-half-shift")
async def post_swap(
    agent_id: UUID, body: SwapBody, caller: AllocationManager, session: Tx, now: Now, once: Once
) -> SwapAnswer:
    """From `at` on two agents work each other's hours and make each other's visits."""

    async def act() -> SwapAnswer:
        new = NewNotice(
            new_id(), agent_id, Kind.HALF_SHIFT_SWAPPED, body.at, body.reason, caller.id,
            body.digest(),
        )  # fmt: skip
        swapped = await swap_half_shift(session, new, body.with_agent_id, new_id(), now)
        return SwapAnswer.model_validate(swapped)

    return await once(body, SwapAnswer, act)


@router.post("/agents/{agent_id}/round/replan", status_code=202)
async def post_replan(
    agent_id: UUID, caller: AllocationManager, session: Tx, now: Now, once: Once
) -> ReplanAnswer:
    """Have the rest of an agent's round planned again from where the agent is, and published."""

    async def act() -> ReplanAnswer:
        branch = await identity.branch_of_agent(session, agent_id)
        await plan_again(session, [agent_id], local_day(now, branch.zone))
        return ReplanAnswer(agent_id=agent_id)

    return await once(None, ReplanAnswer, act)


@router.get("/round-offers")
async def get_offers(
    caller: Supervisor, session: Read, now: Now, agent_id: UUID | None = None
) -> OffersAnswer:
    """Re-planned rounds of the caller's branches that can still be taken."""
    items = await store.open_offers(session, now, agent_id)
    return OffersAnswer(items=[OfferAnswer.model_validate(item) for item in items])


@router.put("/round-offers/{id}/decision")
async def put_decision(
    id: UUID,  # noqa: A002
    body: DecisionBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> OfferAnswer:
    """Take or leave a re-planned round for an agent. The same again gets the same answer; 409 says
    what happened meanwhile."""
    return OfferAnswer.model_validate(await decide(session, id, body.decision, caller.id, now))


@router.get("/agents/{agent_id}/round/etas")
async def get_etas(agent_id: UUID, caller: Supervisor, session: Read, now: Now) -> EtasAnswer:
    """When an agent's stops still to make are expected, and what their customers can be told."""
    return EtasAnswer.model_validate(await told_windows(session, agent_id, now))


@router.get("/cases/{id}/arrival-window")
async def get_arrival_window(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Read,
    now: Now,
) -> EtaAnswer:
    """When today's visit to a customer is expected, and the hours that can be told."""
    return EtaAnswer.model_validate(await told_of_case(session, id, now))


@own.put("/notices/{id}")
async def put_notice(
    id: FactId,  # noqa: A002
    body: NoticeBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> NoticeAnswer:
    """Say that you are late or stop early; the rest of the round is planned for it at once."""
    new = NewNotice(id, agent.id, body.kind, body.at, body.reason, agent.id, body.digest())
    return NoticeAnswer.model_validate(await tell(session, new, now))


@own.get("/round-offers")
async def get_own_offers(agent: Agent, session: Read, now: Now) -> OffersAnswer:
    """The re-planned round that waits for your answer, if there is one."""
    items = await store.open_offers(session, now, agent.id)
    return OffersAnswer(items=[OfferAnswer.model_validate(item) for item in items])


@own.put("/round-offers/{id}/decision")
async def put_own_decision(
    id: UUID,  # noqa: A002
    body: DecisionBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> OfferAnswer:
    """Take or leave a re-planned round. The same again gets the same answer."""
    return OfferAnswer.model_validate(await decide(session, id, body.decision, agent.id, now))
