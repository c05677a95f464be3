"""The demonstration's database: whether it may be used, its clock, and what a day came to."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from collection.custody.store import tills_in_doubt
from core.clock import Clock, day_range, local_day
from core.errors import Refused
from data.day_figures import day_figures
from data.installation import clock_of, is_demo, set_demo_clock
from data.session import EVERYTHING, Database
from demo.orders import Report, first_working_day, working_day
from demo.portfolio import COUNTRY, CURRENCY, PASSWORD, ZONE
from demo.set_up import ADMIN, HEAD_OFFICE
from geofence.proof.store import agents_waiting, verified_outside_fence
from identity import store as people
from identity.enroll import NewBranch, NewStaff, employ, open_branch
from identity.principal import Role

STANDS_STILL = 1e-9
"""The rate of a clock that does not move: while a demonstration is prepared or stopped."""

LAST_SEEN = timedelta(seconds=15)
"""A demonstration that was killed set its clock anew less than so long before."""


@dataclass(eq=False)
class RealInstallation(Refused):
    """This database holds a real installation; a demonstration would mix invented people in."""

    database: str

    @property
    def detail(self) -> str:
        return f"Set DATABASE_URL to an empty database, not {self.database}; or unset it"


async def time_to_begin(database: Database) -> datetime:
    """When the demonstration goes on: where it stopped, or at 09:00 of its next working day.

    Raises `RealInstallation`.
    """
    demo = await is_demo(database)
    if demo is None:
        async with database.transaction(EVERYTHING, read_only=True) as session:
            demo = not await people.branches(session)
        if demo:
            today = first_working_day(local_day(datetime.now(UTC), ZONE))
            return working_day(today).begins_at.astimezone(UTC)
    if not demo:
        raise RealInstallation(str(database.engine.url.database))
    clock = await clock_of(database)
    return resumed_at(clock, datetime.now(UTC))


def resumed_at(clock: Clock, wall: datetime) -> datetime:
    """Where a demonstration goes on whose clock was last set to `clock`.

    It was stopped properly (then that clock stands still), or killed within `LAST_SEEN` of then.
    """
    stopped_at = clock.at(min(wall, clock.wall_origin + LAST_SEEN))
    day = first_working_day(local_day(stopped_at, ZONE))
    hours = working_day(day)
    if stopped_at >= hours.ends_at:
        hours = working_day(first_working_day(day + timedelta(days=1)))
    return max(stopped_at, hours.begins_at).astimezone(UTC)


async def head_office(database: Database) -> None:
    """The head office and its administrator, as `roundsman init` makes them."""
    async with database.transaction(EVERYTHING) as session:
        if await people.branches(session):
            return
        head = NewBranch(HEAD_OFFICE, "Crédito Elqui", ZONE, COUNTRY, CURRENCY, None, None)
        await open_branch(session, head)
        admin = NewStaff(HEAD_OFFICE, Role.ADMIN, "Administrator", ADMIN, PASSWORD)
        await employ(session, admin)


async def stop_clock(database: Database, time: datetime) -> None:
    """Have the clock show `time` until it is set again."""
    await set_demo_clock(database, time, STANDS_STILL)


async def count_cases(database: Database) -> int:
    """How many cases there are."""
    nothing = datetime.min.replace(tzinfo=UTC)
    return (await day_figures(database, date.min, nothing, nothing)).cases


async def is_settled(database: Database) -> bool:
    """Whether all visits are decided."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return await agents_waiting(session) == 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's figures, and what does not hang together in them."""

    figures: dict[str, float]
    contradictions: tuple[str, ...]


async def outcome(database: Database, report: Report, *, whole_run: bool) -> Outcome:
    """What `report.day` came to, from the database alone but for refusals and errors.

    `whole_run`: it ran as long as it should, so something must have been done.
    """
    begin, end = day_range(report.day, ZONE)
    counted = asdict(await day_figures(database, report.day, begin, end))
    async with database.transaction(EVERYTHING, read_only=True) as session:
        doubtful = await tills_in_doubt(session)
        outside = await verified_outside_fence(session, report.day)
    order = (
        "pings", "visits_verified", "visits_planned", "receipts", "cash_limit_refusals",
        "deposits", "promises", "agents", "cases", "streets_km", "errors",
    )  # fmt: skip
    all_ = counted | {
        "cash_limit_refusals": report.cash_limit_refusals,
        "errors": report.errors,
        "streets_km": round(counted["streets_km"], 1),
    }
    figures = {name: all_[name] for name in order}
    wrong = [f"the till of agent {agent} does not hang together" for agent in doubtful]
    wrong += [f"verified visit {visit} lies outside its fence" for visit in outside]
    if report.errors:
        wrong.append(f"{report.errors} answers were not as expected: see the phones' log")
    if whole_run:
        wrong += [
            f"no {name.replace('_', ' ')}"
            for name in ("pings", "visits_verified", "receipts", "deposits")
            if not figures[name]
        ]
    return Outcome(figures, tuple(wrong))


def local_time(instant: datetime) -> str:
    """An instant as the demonstration's people read it."""
    return f"{instant.astimezone(ZoneInfo(ZONE)):%A %H:%M}"
