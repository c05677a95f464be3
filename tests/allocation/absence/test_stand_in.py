"""An agent drops out: what neighbors take, what makes way, what comes back."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert

from allocation.absence import store
from allocation.absence.absence import PINNED
from allocation.absence.come_back import come_back, end_with_day
from allocation.absence.stand_in import foresee, stand_in
from allocation.errors import NotAbsent
from core.ids import new_id
from data.session import EVERYTHING, Database, Session, rows
from data.tables.allocation import CasePin
from data.tables.geofence import CheckIn
from tests.allocation.absence.scenes import CITY, HOUR, Team, a_team, owners, rounds
from tests.conftest import MONDAY_NINE
from tests.routing.underway.scenes import CITIES, relieve, solve_all

TEN = MONDAY_NINE + HOUR
EARLY = MONDAY_NINE - timedelta(minutes=10)
"""Before anybody has set out."""
SHORT = (MONDAY_NINE, MONDAY_NINE + HOUR)


async def checks_in(session: Session, team: Team, agent: UUID, case_id: UUID) -> None:
    await session.execute(
        insert(CheckIn).values(
            id=new_id(), branch_id=team.branch, agent_id=agent, case_id=case_id,
            device_time=MONDAY_NINE, server_time=MONDAY_NINE, verdict="probable", reasons=[],
            body_hash=b"",
        )
    )  # fmt: skip


async def test_urgent_visits_take_the_place_of_less_urgent_ones_for_the_day(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90, 80, 3], [5, 4, 60]], shift=SHORT)
        before = await owners(session, team)
        seen = await foresee(session, team.agents[0], CITY, relieve, EARLY)
        assert await owners(session, team) == before, "a look changes nothing"
        done = await stand_in(session, team.absent(), CITY, relieve, EARLY)
        assert seen == done
        mine, theirs = ([c.case_id for c in cases] for cases in team.cases)
        taken = {one.case_id for one in done.moved}
        assert taken
        assert taken <= set(mine[:2])
        assert {one.case_id for one in done.made_way} <= set(theirs[:2])
        assert len(done.made_way) == len(taken)
        assert all("shift full" in one.reason for one in (*done.unplaced, *done.made_way))
        now = await owners(session, team)
        assert all(now[case] == team.agents[1] for case in taken)
        assert all(now[one.case_id] == team.agents[1] for one in done.made_way), "owners stay"
        planned = await rounds(session, team)
        assert set(planned[team.agents[1]]) >= taken | {theirs[2]}
        assert planned[team.agents[0]] == []
        assert done.won_back < done.open_urgency
        history = await rows(
            session, "SELECT reason FROM assignment WHERE case_id = :c AND upper_inf(during)",
            c=next(iter(taken)),
        )  # fmt: skip
        assert history[0].reason == "stands in for Agent 0 today: ill"


async def test_the_agent_who_is_back_gets_what_nobody_has_made(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90, 80, 70], [50, 40]])
        before = await owners(session, team)
        await stand_in(session, team.absent(), CITY, relieve, MONDAY_NINE)
        order = (await rounds(session, team))[team.agents[1]]
        mine = {case.case_id for case in team.cases[0]}
        made, *rest = [case for case in order if case in mine]
        await checks_in(session, team, team.agents[1], made)
        done = await come_back(session, team.agents[0], team.boss, CITIES, solve_all, TEN)
        assert (done.made, done.moved_on) == (1, 0)
        assert done.returned + done.under_way == len(rest)
        now = await owners(session, team)
        stayed = {v.case_id for v in done.visits if v.outcome in ("made", "under_way")}
        assert {c for c, agent in now.items() if agent != before[c]} == stayed
        planned = await rounds(session, team)
        assert set(planned[team.agents[0]]) == mine - stayed
        assert made in planned[team.agents[1]], "what is made stays with who made it"
        again = await come_back(session, team.agents[0], team.boss, CITIES, solve_all, TEN)
        assert again == done
        assert await end_with_day(session, TEN) == 0
        assert await end_with_day(session, TEN + timedelta(days=1)) == 1
        assert await owners(session, team) == before
        assert await end_with_day(session, TEN + timedelta(days=1)) == 0


async def test_with_the_day_cases_return_but_for_those_that_somebody_gave_on(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90, 80], [50], []])
        before = await owners(session, team)
        done = await stand_in(session, team.absent(), CITY, relieve, MONDAY_NINE)
        given, other = done.moved[0], done.moved[1]
        third = next(a for a in team.agents if a not in (team.agents[0], given.to_agent_id))
        from allocation.store import hand_over

        await hand_over(session, [(given.case_id, third)], "for good", team.boss, TEN)
        assert await end_with_day(session, TEN + timedelta(days=1)) == 1
        now = await owners(session, team)
        assert now[given.case_id] == third
        assert now[other.case_id] == before[other.case_id]
        absence = await store.last_absence(session, team.agents[0], MONDAY_NINE.date())
        assert absence is not None
        outcomes = {visit.case_id: visit.outcome for visit in absence.visits}
        assert outcomes == {given.case_id: "moved_on", other.case_id: "returned"}


async def test_the_stop_that_a_neighbor_rides_to_stays_the_next_one(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90, 80, 3], [5, 4, 60]], shift=SHORT)
        first = (await rounds(session, team))[team.agents[1]][0]
        await stand_in(session, team.absent(), CITY, relieve, MONDAY_NINE + timedelta(minutes=1))
        assert (await rounds(session, team))[team.agents[1]][0] == first


async def test_a_pinned_visit_stays_and_is_told(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90, 80], [50]])
        pinned = team.cases[0][0].case_id
        await session.execute(
            insert(CasePin).values(
                id=new_id(), branch_id=team.branch, case_id=pinned, agent_id=team.agents[0],
                reason="knows the family", pinned_at=MONDAY_NINE, pinned_by=team.boss,
            )
        )  # fmt: skip
        done = await stand_in(session, team.absent(), CITY, relieve, MONDAY_NINE)
        assert [(one.case_id, one.reason) for one in done.unplaced] == [(pinned, PINNED)]
        assert (await owners(session, team))[pinned] == team.agents[0]


async def test_who_has_not_dropped_out_cannot_come_back(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90], [50]])
        with pytest.raises(NotAbsent):
            await come_back(session, team.agents[0], team.boss, CITIES, solve_all, TEN)


async def test_a_stand_in_who_drops_out_too_hands_everything_on(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90, 80], [50], []])
        before = await owners(session, team)
        await stand_in(session, team.absent(0), CITY, relieve, MONDAY_NINE)
        await stand_in(session, team.absent(1), CITY, relieve, MONDAY_NINE)
        now = await owners(session, team)
        assert set(now.values()) == {team.agents[2]}
        assert set((await rounds(session, team))[team.agents[2]]) == set(now)
        await end_with_day(session, TEN + timedelta(days=1))
        ended = await owners(session, team)
        mine = {case.case_id for case in team.cases[0]}
        assert {c: ended[c] for c in ended if c not in mine} == {
            c: before[c] for c in before if c not in mine
        }
