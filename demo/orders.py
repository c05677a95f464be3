"""What the process of the phones is told, as a file: it holds secrets, so it is no command line."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from core.clock import Clock
from core.geometry import LatLon
from demo.portfolio import ZONE

BEGINS, ENDS, BREAK_FROM = time(9), time(18), time(13)
BREAK_S = 45 * 60


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """When everybody works and rests."""

    begins_at: datetime
    ends_at: datetime
    break_from: datetime
    break_s: int = BREAK_S


def working_day(day: date) -> WorkingDay:
    """The hours of a day at the demonstration's place."""
    zone = ZoneInfo(ZONE)
    begins, ends, rests = (datetime.combine(day, at, zone) for at in (BEGINS, ENDS, BREAK_FROM))
    return WorkingDay(begins, ends, rests)


def first_working_day(day: date) -> date:
    """`day`, or the Monday after it when it is a Sunday."""
    return day + timedelta(days=1) if day.weekday() == 6 else day


@dataclass(frozen=True, slots=True)
class AgentOrders:
    """Who carries which phone, where he lives and where his branch is."""

    username: str
    device_key: str
    home: LatLon
    branch: LatLon


@dataclass(frozen=True, slots=True)
class Orders:
    """Everything that the phones need to know.

    `report` is a file that the phones keep writing: a `Report`; it also tells the next run where
    everybody stood.
    """

    url: str
    clock: Clock
    day: date
    seed: int
    graph: Path
    report: Path
    password: str
    agents: tuple[AgentOrders, ...]
    cash_desks: tuple[str, ...]

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `text` wrote."""
        told: dict[str, Any] = json.loads(path.read_text())
        clock = told["clock"]
        return cls(
            url=told["url"],
            clock=Clock(
                datetime.fromisoformat(clock["wall_origin"]),
                datetime.fromisoformat(clock["time_origin"]),
                clock["rate"],
            ),
            day=date.fromisoformat(told["day"]),
            seed=told["seed"],
            graph=Path(told["graph"]),
            report=Path(told["report"]),
            password=told["password"],
            agents=tuple(
                AgentOrders(
                    one["username"], one["device_key"], LatLon(*one["home"]), LatLon(*one["branch"])
                )
                for one in told["agents"]
            ),
            cash_desks=tuple(told["cash_desks"]),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What the phones have to tell: counts of a run, and where everybody stands on `day`."""

    day: date
    requests: int = 0
    retries: int = 0
    sent_twice: int = 0
    errors: int = 0
    cash_limit_refusals: int = 0
    positions: tuple[tuple[str, float, float], ...] = ()

    def write(self, path: Path) -> None:
        """Write it so that a reader sees all of it or the former one."""
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self), default=str))
        unfinished.replace(path)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """What `write` wrote; None when there is none."""
        if not path.exists():
            return None
        told = json.loads(path.read_text())
        told["day"] = date.fromisoformat(told["day"])
        told["positions"] = tuple((name, lat, lon) for name, lat, lon in told["positions"])
        return cls(**told)
