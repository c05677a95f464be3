"""Who has not signed on in time is missing; who signs on after dropping out is back."""

from datetime import timedelta

from sqlalchemy import insert

from allocation.absence.look import look_who_is_missing
from allocation.absence.stand_in import stand_in, stand_in_for_missing
from data.session import EVERYTHING, Database, Session, rows
from data.tables.platform import Policy
from identity import store as identity
from tests.allocation.absence.scenes import CITY, HOUR, Team, a_team
from tests.conftest import MONDAY_NINE
from tests.factories import a_device
from tests.routing.underway.scenes import CITIES, relieve

SOON, LATE = MONDAY_NINE + timedelta(minutes=29), MONDAY_NINE + timedelta(minutes=30)


async def set_policy(session: Session, team: Team, **policies: object) -> None:
    for key, value in policies.items():
        await session.execute(
            insert(Policy).values(
                branch_id=team.branch, key=key, value=value, set_at=MONDAY_NINE, set_by=team.boss
            )
        )


async def alerts(session: Session, team: Team) -> list[tuple[str, str]]:
    found = await rows(
        session,
        "SELECT kind, title FROM alert WHERE branch_id = :b AND cleared_at IS NULL ORDER BY 1, 2",
        b=team.branch,
    )
    return [tuple(r) for r in found]


async def test_nobody_is_missing_unless_a_policy_says_so(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90], [50]])
        assert (await look_who_is_missing(session, LATE)).missing == 0
        assert await alerts(session, team) == []


async def test_who_does_not_sign_on_is_told_once_and_taken_back_with_the_sign_on(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90], [50]])
        await a_device(session, team.branch, team.agents[1])
        await set_policy(session, team, missing_after_min=30)
        assert (await look_who_is_missing(session, SOON)).missing == 0
        for _ in range(2):
            looked = await look_who_is_missing(session, LATE)
            assert (looked.missing, looked.handed_over) == (1, 0)
        assert await alerts(session, team) == [("agent_missing", "Agent 0 has not signed on")]
        device, _ = await a_device(session, team.branch)
        await identity.sign_on(session, team.branch, device, team.agents[0], LATE)
        assert (await look_who_is_missing(session, LATE + HOUR)).missing == 0
        assert await alerts(session, team) == []


async def test_where_the_policy_says_so_neighbors_stand_in_at_once(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90], [50]])
        await a_device(session, team.branch, team.agents[1])
        await set_policy(session, team, missing_after_min=30, missing_stand_in=True)
        assert (await look_who_is_missing(session, LATE)).handed_over == 1
        jobs = await rows(
            session, "SELECT args FROM procrastinate_jobs WHERE task_name = 'absence.stand_in'"
        )
        assert str(team.agents[0]) in [job.args["agent_id"] for job in jobs]
        done = await stand_in_for_missing(session, team.agents[0], CITIES, relieve, LATE)
        assert done is not None
        assert [one.to_agent_id for one in done.moved] == [team.agents[1]]
        kept = await rows(
            session, "SELECT cause, told_by, reason FROM absence WHERE agent_id = :a",
            a=team.agents[0],
        )  # fmt: skip
        assert [tuple(r) for r in kept] == [
            ("not_signed_on", None, "not signed on since the shift began at 09:00")
        ]
        assert await stand_in_for_missing(session, team.agents[0], CITIES, relieve, LATE) is None
        assert await stand_in_for_missing(session, team.agents[1], CITIES, relieve, LATE) is None


async def test_who_signs_on_after_dropping_out_is_offered_the_visits_back(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        team = await a_team(session, [[90], [50]])
        await stand_in(session, team.absent(), CITY, relieve, LATE)
        assert (await look_who_is_missing(session, LATE)).back == 0
        device, _ = await a_device(session, team.branch)
        await identity.sign_on(session, team.branch, device, team.agents[0], LATE + HOUR)
        assert (await look_who_is_missing(session, LATE + HOUR)).back == 1
        assert await alerts(session, team) == [("agent_is_back", "Agent 0 is back")]
