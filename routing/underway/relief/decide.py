"""Decide who makes the visits of an agent who drops out, and put the new rounds in force."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from core.said import say
from data.live import announce
from data.session import Session
from routing.errors import PlanBreaksRules
from routing.planner.audit import audit
from routing.planner.construct import as_far_as_it_goes
from routing.planner.explain import why_not
from routing.planner.plan import Plan, lay_out
from routing.planner.terms import terms
from routing.planner.vacancy import Given, LeftOut, Relief, Vacancy
from routing.planner.what_would_help import what_would_help
from routing.rounds.day import Prepared, prepare
from routing.rounds.facts import AgentDay
from routing.rounds.plan_rounds import agent_days, city_of, publish
from routing.rounds.published.store import RoundToWrite, cut_rounds
from routing.rounds.written import written
from routing.travel.city import City
from routing.underway import store
from routing.underway.relief.field import Field, MayServe, Neighbor, field_of, nearby, to_come
from routing.underway.relief.store import hold_visits, idle
from routing.underway.rest_of_round import day_left, rest_of_ride
from routing.underway.ride import Ride

Relieve = Callable[[Vacancy], Awaitable[Relief]]
"""`routing.planner.relief.relieve` wherever the caller has it run."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What an agent leaves open: `open_` has the visits as its cases. `neighbors` pass by."""

    open_: AgentDay
    neighbors: tuple[Neighbor, ...]

    @property
    def case_ids(self) -> list[UUID]:
        """All cases that may change hands or be left for another day."""
        own = [case for neighbor in self.neighbors for case in neighbor.own]
        return [*(case.case_id for case in self.open_.cases), *own]


@dataclass(frozen=True, slots=True, eq=False)
class NewRound:
    """A neighbor's new round, ready to be written."""

    day: AgentDay
    prepared: Prepared
    plan: Plan


@dataclass(frozen=True, slots=True)
class Passed:
    """A visit that another agent makes: `from_id` had it."""

    case_id: UUID
    from_id: UUID
    to_id: UUID
    urgency: float


@dataclass(frozen=True, slots=True)
class Waits:
    """A visit that nobody makes today, and why in words; `agent_id` has it."""

    case_id: UUID
    agent_id: UUID
    urgency: float
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """Who makes which visit. `pushed_out` are visits of neighbors that made way."""

    taken: tuple[Passed, ...]
    moved: tuple[Passed, ...]
    left: tuple[Waits, ...]
    pushed_out: tuple[Waits, ...]
    rounds: tuple[NewRound, ...]


async def look_around(
    session: Session, agent_id: UUID, branch_id: UUID, day: date, now: datetime, *, hold: bool
) -> Scene | None:
    """What an agent at work leaves open and who passes by; None without a round underway today.

    With `hold` none of these customers is checked in at until the transaction ends.
    """
    rides = {r.agent_id: r for r in await store.rides(session, now) if r.branch_id == branch_id}
    if agent_id not in rides:
        return None
    others = [other for other in rides.values() if other.agent_id != agent_id]
    free = await idle(session, branch_id, day, now)
    near = nearby(rides[agent_id], others, free)
    ids = [agent_id, *near]
    if hold:
        stops = [stop for id_ in ids if id_ in rides for stop in rides[id_].stops]
        await hold_visits(session, [stop.case_id for stop in stops if stop.case_id])
        # Who was reached while we waited is not open any more.
        rides = {r.agent_id: r for r in await store.rides(session, now, ids)}
    ride = rides.get(agent_id)
    if ride is None:
        return None
    must = await store.urgent_cases(session, ids, day)
    days = {one.agent_id: one for one in await agent_days(session, day, now, ids)}
    if agent_id not in days:
        return None
    return Scene(
        _left_open(days[agent_id], ride),
        tuple(Neighbor(days[other], rides.get(other), must) for other in near if other in days),
    )


def _left_open(day: AgentDay, ride: Ride) -> AgentDay:
    cases = {case.case_id: case for case in day.cases}
    return day.with_cases(tuple(cases[case_id] for case_id in to_come(ride, cases)))


async def decide(
    scene: Scene, may_serve: MayServe, city: City, relieve: Relieve, now: datetime
) -> Decided:
    """Who makes which of the visits, by the rules of rounds and by who may at all.

    Each new round is held to its rules once more without the solver. Raises `PlanBreaksRules`.
    """
    city = city_of(scene.open_, city)
    # In threads, as all that calculates here: this process has others to answer meanwhile.
    field = await to_thread(field_of, scene.open_, scene.neighbors, may_serve, city, now)
    if not field.neighbors or not field.vacancy.orphans:
        return Decided((), (), _alone(field, scene) + _unplaced(field, scene), (), ())
    relief = await relieve(field.vacancy)
    rounds = {
        row: await to_thread(_new_round, field, relief, row, city, now) for row in relief.changed
    }
    return _told(field, scene, relief, rounds)


def _new_round(field: Field, relief: Relief, row: int, city: City, now: datetime) -> NewRound:
    """A neighbor's round with all that the agent could visit: what is left out is told, too."""
    neighbor, vacancy = field.neighbors[row], field.vacancy
    order = [field.cases[number].case_id for number in relief.orders[row]]
    away = {field.cases[one.number].case_id for one in relief.moved if one.row != row}
    own = [case for case in neighbor.day.cases if case.case_id not in away]
    known = {case.case_id for case in own}
    given = [
        field.cases[number] for number in relief.orders[row]
        if field.cases[number].case_id not in known
    ]  # fmt: skip
    day = day_left(neighbor.day, neighbor.ride).with_cases((*own, *given))
    prepared = prepare(day, city)
    problem = rest_of_ride(prepared.problem, neighbor.ride, neighbor.must, now)
    problem = replace(problem, former=(), disturbance_s=0)
    its = terms(problem)
    number_of = {candidate.case_id: n for n, candidate in enumerate(problem.candidates)}
    stands = {field.cases[number].case_id for number in vacancy.rounds[row]}
    kept = as_far_as_it_goes(
        its,
        [number_of[case_id] for case_id in order if case_id in number_of],
        {number_of[case_id] for case_id in stands if case_id in number_of},
    )
    plan = lay_out(its, kept or [])
    broken = [v for v in audit(problem, plan) if v.rule not in _HOPELESS]
    if broken:
        raise PlanBreaksRules(tuple(str(violation) for violation in broken))
    return NewRound(day, replace(prepared, problem=problem), plan)


_HOPELESS = frozenset({"must_visits_are_kept", "pins_come_first"})
"""Orders that the day has run away from do not keep a round from its agent; they are told in it."""


def _told(field: Field, scene: Scene, relief: Relief, rounds: dict[int, NewRound]) -> Decided:
    """In terms of cases and agents; what a round could not hold after all is left.

    The cases of agents who had no round yet are theirs: nobody is told of them.
    """
    agent = [neighbor.day.agent_id for neighbor in field.neighbors]
    unrouted = {neighbor.day.agent_id for neighbor in field.neighbors if neighbor.ride is None}
    made = {stop.candidate.case_id for one in rounds.values() for stop in one.plan.stops}

    def passed(given: Sequence[Given]) -> tuple[Passed, ...]:
        return tuple(
            Passed(case.case_id, field.owner[one.number], agent[one.row], case.urgency)
            for one in given
            for case in [field.cases[one.number]]
            if case.case_id in made and field.owner[one.number] not in unrouted
        )

    def waits(left: Sequence[LeftOut], given: Sequence[Given]) -> tuple[Waits, ...]:
        lost = [one.number for one in given if field.cases[one.number].case_id not in made]
        return tuple(
            Waits(case.case_id, field.owner[number], case.urgency, words)
            for number, words in (
                *((one.number, _words(field, scene, relief, one)) for one in left),
                *((number, NO_ROOM) for number in lost),
            )
            for case in [field.cases[number]]
            if field.owner[number] not in unrouted
        )

    return Decided(
        taken=passed(relief.taken),
        moved=passed(relief.moved),
        left=waits(relief.left, relief.taken) + _unplaced(field, scene),
        pushed_out=waits(relief.pushed_out, relief.moved),
        rounds=tuple(rounds.values()),
    )


NOBODY_MAY = say("none of the agents whose rounds pass nearby may make it")
NOBODY_NEAR = say("nobody else has a round underway nearby")
NO_ROOM = say("no round nearby has room for it")


def _words(field: Field, scene: Scene, relief: Relief, one: LeftOut) -> str:
    if one.row is None or one.skipped is None:
        return NOBODY_MAY
    problem, _ = field.vacancy.problem_of(one.row, relief.orders[one.row])
    why = why_not(problem, one.skipped, scene.open_.currency, scene.open_.clock)
    count = len(field.neighbors)
    rounds = (
        say("the only round nearby")
        if count == 1
        else say("the closest of {count} rounds nearby", count=count)
    )
    return say("{rounds} cannot take it: {why}", rounds=rounds, why=why)


def _unplaced(field: Field, scene: Scene) -> tuple[Waits, ...]:
    return tuple(
        Waits(one.case.case_id, scene.open_.agent_id, one.case.urgency, one.words)
        for one in field.unplaced
    )


def _alone(field: Field, scene: Scene) -> tuple[Waits, ...]:
    """Of the open visits those that could be planned, were there anybody."""
    return tuple(
        Waits(case.case_id, scene.open_.agent_id, case.urgency, NOBODY_NEAR)
        for case, owner in zip(field.cases, field.owner, strict=True)
        if owner == scene.open_.agent_id
    )


async def put_in_force(session: Session, scene: Scene, decided: Decided, now: datetime) -> None:
    """Publish the neighbors' new rounds, and cut the agent's to what was done.

    Raises `PlannedMeanwhile`.
    """
    day = scene.open_.day
    await cut_rounds(session, [scene.open_.agent_id], day, now)
    announce(session, scene.open_.branch_id, "round", {"agent_id": str(scene.open_.agent_id)})
    rounds = [await to_thread(_written, one, now) for one in decided.rounds]
    await publish(session, day, rounds, now)


def _written(one: NewRound, now: datetime) -> RoundToWrite:
    remedies = what_would_help(one.prepared.problem, one.plan)
    return written(one.day, one.prepared, one.plan, remedies, now)
