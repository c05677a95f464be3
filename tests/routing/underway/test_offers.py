"""A re-planned round is offered, taken, left, or overtaken."""

from datetime import timedelta
from uuid import UUID

import pytest

from data.session import EVERYTHING, Database, Session, rows
from routing.underway.errors import OfferDecided, OfferExpired, OfferOvertaken
from routing.underway.offers import store
from routing.underway.offers.decide import Decision, decide
from routing.underway.replan import offer_round, replan_rounds
from routing.underway.when import Cause
from tests.conftest import MONDAY_NINE
from tests.factories import a_person
from tests.routing.underway.scenes import (
    CITIES,
    DAY,
    Day,
    a_day,
    is_at,
    is_paid,
    order,
    revision,
    solve_all,
    visits,
)

TEN = MONDAY_NINE + timedelta(hours=1)


async def an_offer(session: Session, day: Day, gone: int = 2) -> UUID:
    """One stop needs no visit any more; the rest is offered."""
    await is_paid(session, day.order[gone])
    offered = await offer_round(session, day.agent, DAY, Cause.GONE, CITIES, solve_all, TEN)
    assert offered is not None
    return offered


async def test_an_offer_says_what_it_changes_and_changes_nothing(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        offer_id = await an_offer(session, day)
        assert await order(session, day.agent) == day.order
        (offer,) = await store.open_offers(session, TEN, day.agent)
        assert offer.id == offer_id
        assert offer.cause == "gone"
        assert [each["case_id"] for each in offer.difference["dropped"]] == [str(day.order[2])]
        assert offer.difference["dropped"][0]["why"] == "it needs no visit today any more"
        assert offer.difference["travel_saved_s"] >= 0
        assert any("Leaves out" in words for words in offer.difference["words"])


async def test_an_accepted_offer_is_the_round_and_accepting_again_changes_nothing(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        offer_id = await an_offer(session, day)
        taken = await decide(session, offer_id, Decision.ACCEPTED, day.agent, TEN)
        assert taken.state == "accepted"
        assert await order(session, day.agent) == [c for c in day.order if c != day.order[2]]
        again = await decide(session, offer_id, Decision.ACCEPTED, day.agent, TEN)
        assert again == taken
        assert await revision(session, day.agent) == 2
        with pytest.raises(OfferDecided):
            await decide(session, offer_id, Decision.DECLINED, day.agent, TEN)


async def test_a_declined_offer_leaves_the_round(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        sofia = await a_person(session, day.branch)
        offer_id = await an_offer(session, day)
        left = await decide(session, offer_id, Decision.DECLINED, sofia, TEN)
        assert (left.state, left.decided_by) == ("declined", sofia)
        assert await order(session, day.agent) == day.order
        assert await store.open_offers(session, TEN, day.agent) == []


async def test_a_round_published_meanwhile_overtakes_the_offer(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        offer_id = await an_offer(session, day)
        await replan_rounds(session, [day.agent], DAY, CITIES, solve_all, TEN)
        with pytest.raises(OfferOvertaken) as refused:
            await decide(session, offer_id, Decision.ACCEPTED, day.agent, TEN)
        assert refused.value.revision == 2
        stored = await store.offer(session, offer_id, TEN)
        assert stored is not None
        assert stored.state == "overtaken"


async def test_an_offer_lapses(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        offer_id = await an_offer(session, day)
        later = TEN + timedelta(minutes=16)
        with pytest.raises(OfferExpired):
            await decide(session, offer_id, Decision.ACCEPTED, day.agent, later)
        await store.settle(session, later)
        found = await rows(session, "SELECT state FROM round_offer WHERE id = :id", id=offer_id)
        assert found[0].state == "expired"


async def test_what_was_done_since_the_offer_stays_done(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        offer_id = await an_offer(session, day)
        await visits(session, day, day.order[0], TEN, TEN + timedelta(minutes=5))
        await decide(session, offer_id, Decision.ACCEPTED, day.agent, TEN + timedelta(minutes=6))
        assert await order(session, day.agent) == [c for c in day.order if c != day.order[2]]


async def test_one_offer_is_open_for_an_agent_at_a_time(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        await an_offer(session, day)
        await is_paid(session, day.order[1])
        assert (
            await offer_round(session, day.agent, DAY, Cause.GONE, CITIES, solve_all, TEN) is None
        )


async def test_nothing_is_offered_when_nothing_would_change(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        assert (
            await offer_round(session, day.agent, DAY, Cause.WINDOW, CITIES, solve_all, TEN) is None
        )


async def test_the_stop_that_is_ridden_to_stays_the_next_one(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        # Past the last stop: any other order would be shorter from here.
        await is_at(session, day, (390, 290), TEN)
        await replan_rounds(session, [day.agent], DAY, CITIES, solve_all, TEN)
        assert (await order(session, day.agent))[0] == day.order[0]
