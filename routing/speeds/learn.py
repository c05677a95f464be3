"""Learn how fast streets are from the days of our own agents."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from core.clock import day_range, local_day
from core.geometry import LocalPlane
from data.session import EVERYTHING, Database, Session
from identity.policies.store import effective_by_branch
from routing.speeds import store
from routing.speeds.accuracy.store import add_legs
from routing.speeds.errors import NetworkNotFound
from routing.speeds.estimate import estimate
from routing.speeds.learned import LearnedSpeeds
from routing.speeds.lesson import Lesson, lesson
from routing.speeds.match import match_streets
from routing.speeds.ride import Rides, rides
from routing.speeds.store import KEPT_DAYS, Rider
from routing.travel.cities import Cities
from routing.travel.city import City
from streets import store as streets
from streets.cover import CITY_WITHIN_M, covering
from streets.profile import Profile
from streets.store import NetworkInfo
from tracking.trails.day_pings import DayPings
from tracking.trails.day_span import day_span
from tracking.trails.store import pings_of_day
from tracking.trails.trail import trail_of

SETTLED = timedelta(hours=3)
"""After its end a day is left alone for so long: phones bring late pings home."""

LATE_DAYS = 7
"""How long pings may come late and have a day learned anew."""

AT_ONCE = 50
"""Agents whose pings are in memory at one time."""

Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class DueDay:
    """A day of a network that has something to teach, and whose day it was."""

    network: NetworkInfo
    day: date
    riders: tuple[Rider, ...]


@dataclass(frozen=True, slots=True)
class LearnedDay:
    """What a day taught: agents with a ride, rides, stretches of a minute, and legs judged."""

    network: str
    day: date
    agents: int
    rides: int
    stretches: int
    legs: int


async def due_days(session: Session, now: datetime) -> list[DueDay]:
    """The days of the last eight weeks to be learned from, the oldest first.

    A day that was learned from comes again when pings of it arrived since, for a week. Agents of
    branches that do not want their ways learned from (policy ``learn_speeds``) take no part, nor
    do those on foot: a walk is as fast along a highway as beside it.
    """
    willing = {b.branch_id for b in await effective_by_branch(session) if b.policies.learn_speeds}
    networks = await streets.networks(session)
    by_network: dict[UUID, list[Rider]] = defaultdict(list)
    for rider in await store.riders(session):
        if rider.branch_id not in willing or rider.profile is Profile.WALKING or not networks:
            continue
        info, away_m = covering(networks, rider.location)
        if away_m <= CITY_WITHIN_M:
            by_network[info.id].append(rider)
    due = []
    for info in networks:
        if not (group := by_network.get(info.id)):
            continue
        done = await store.learned_days(session, info.name)
        last = min(local_day(now - SETTLED, zone) for zone in {r.zone for r in group})
        for back in range(KEPT_DAYS, 0, -1):
            day = last - timedelta(days=back)
            learned_at = done.get(day)
            if learned_at and back > LATE_DAYS:
                continue
            begins, ends = _span([r.zone for r in group], day)
            newest = await store.newest_ping(session, [r.agent_id for r in group], begins, ends)
            if newest and (learned_at is None or newest > learned_at):
                due.append(DueDay(info, day, tuple(group)))
    return due


async def learn_day(
    session: Session, cities: Cities, due: DueDay, now: datetime
) -> LearnedDay | None:
    """Learn from a day, in place of what was learned from it before.

    None, and nothing changes, while visits of that day are still to be worked out, or when the
    network is gone.
    """
    info, day = due.network, due.day
    agent_ids = [rider.agent_id for rider in due.riders]
    _, ends = _span([rider.zone for rider in due.riders], day)
    if await store.are_unsettled(session, agent_ids, ends):
        return None
    await store.lock_network(session, info.name)
    city = await cities.of(session, info)
    if city is None:
        return None
    await store.forget_day(session, info, day)
    await store.forget(session, info.name, day - timedelta(days=2 * KEPT_DAYS))
    learned = LearnedDay(info.name, day, 0, 0, 0, 0)
    alike: dict[tuple[Profile, str], list[Rider]] = defaultdict(list)
    for rider in due.riders:
        alike[rider.profile, rider.zone].append(rider)
    by_profile: dict[Profile, list[tuple[Lesson, list[Rider]]]] = defaultdict(list)
    for (profile, zone), group in alike.items():
        known = await _known_before(session, city, info, profile, day)
        driven = await _rides(session, LocalPlane(city.graph.center), group, day, zone, now)
        index = await asyncio.to_thread(city.index_for, profile)
        taught = await asyncio.to_thread(
            lesson, [ride for _, ride in driven], zone, match_streets(index, profile),
            await asyncio.to_thread(city.times_for, profile), known,
        )  # fmt: skip
        by_profile[profile].append((taught, [rider for rider, _ in driven]))
        learned = replace(
            learned,
            agents=learned.agents + sum(len(ride) > 0 for _, ride in driven),
            rides=learned.rides + taught.rides,
            stretches=learned.stretches + taught.stretches,
            legs=learned.legs + len(taught.judged),
        )
    for profile, lessons in by_profile.items():
        await _keep(session, info, city, profile, day, lessons)
    await store.add_day(session, info, day, learned.agents, learned.rides, learned.stretches, now)
    return learned


async def publish_speeds(session: Session, cities: Cities, info: NetworkInfo, now: datetime) -> int:
    """Put what all days up to now have taught of a network to use; for how many profiles."""
    city = await cities.of(session, info)
    tomorrow = now.date() + timedelta(days=1)
    published = 0
    if city is None:
        return 0
    for profile in Profile:
        by_class, by_edge = await store.sums_before(session, info, city.graph, profile, tomorrow)
        if by_class.n.any():
            speeds = estimate(by_class, by_edge, city.graph)
            await store.add_version(session, info, profile, speeds, now)
            published += 1
    return published


async def learn(
    database: Database,
    cities: Cities,
    now: datetime,
    *,
    told: Told = lambda _what, _share: None,
) -> list[LearnedDay]:
    """Learn from all days that are due, each in a transaction of its own, and publish.

    `told` hears what is being done, and its share of the whole.
    """
    told("Looking for days to learn from", 0.0)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        due = await due_days(session, now)
    done = []
    for number, one in enumerate(due):
        told(f"{one.network.name}, {one.day}", number / len(due))
        async with database.transaction(EVERYTHING) as session:
            learned = await learn_day(session, cities, one, now)
        done += [learned] if learned else []
    taught = {one.network for one in done}
    for info in {one.network.id: one.network for one in due}.values():
        if info.name in taught:
            told(f"{info.name}, all days", 1.0)
            async with database.transaction(EVERYTHING) as session:
                await publish_speeds(session, cities, info, now)
    return done


async def forget_network(session: Session, name: str) -> None:
    """Forget all that was learned of a network. Raises `NetworkNotFound`."""
    known = [info.name for info in await streets.networks(session)]
    if name not in known:
        raise NetworkNotFound(name, tuple(known))
    await store.forget(session, name)


def _span(zones: Sequence[str], day: date) -> tuple[datetime, datetime]:
    spans = [day_range(day, zone) for zone in set(zones)]
    return min(begins for begins, _ in spans), max(ends for _, ends in spans)


async def _known_before(
    session: Session, city: City, info: NetworkInfo, profile: Profile, day: date
) -> LearnedSpeeds | None:
    by_class, by_edge = await store.sums_before(session, info, city.graph, profile, day)
    return estimate(by_class, by_edge, city.graph) if by_class.n.any() else None


async def _rides(
    session: Session, plane: LocalPlane, group: Sequence[Rider], day: date, zone: str, now: datetime
) -> list[tuple[Rider, Rides]]:
    found: list[tuple[Rider, Rides]] = []
    for first in range(0, len(group), AT_ONCE):
        some = group[first : first + AT_ONCE]
        ids = [rider.agent_id for rider in some]
        pings = await pings_of_day(session, ids, day_span(day, zone, now))
        stays = await store.stays(session, ids, day)
        ridden = await asyncio.to_thread(_ridden, ids, pings, stays, plane)
        found += zip(some, ridden, strict=True)
    return found


def _ridden(
    agent_ids: Sequence[UUID],
    pings: dict[UUID, DayPings],
    stays: dict[UUID, list[tuple[float, float]]],
    plane: LocalPlane,
) -> list[Rides]:
    return [rides(trail_of(pings[id_]), stays.get(id_, ()), plane) for id_ in agent_ids]


async def _keep(
    session: Session,
    info: NetworkInfo,
    city: City,
    profile: Profile,
    day: date,
    lessons: Sequence[tuple[Lesson, list[Rider]]],
) -> None:
    """One day's sums of a profile, of riders in whatever zone; and their legs."""
    by_class, by_edge = lessons[0][0].by_class, lessons[0][0].by_edge
    for more, _ in lessons[1:]:
        by_class, by_edge = by_class.plus(more.by_class), by_edge.plus(more.by_edge)
    await store.add_sums(session, info, city.graph, profile, day, by_class, by_edge)
    for taught, riders in lessons:
        some, legs = taught.judged, taught.legs
        await add_legs(
            session, info, profile, day,
            [riders[rider].branch_id for rider in taught.rider[some].tolist()],
            legs.group[some], [city.graph.class_names[r] for r in legs.road[some].tolist()],
            legs.length_m[some], legs.actual_s[some], taught.default_s[some],
            taught.learned_s[some],
        )  # fmt: skip
