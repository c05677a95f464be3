"""``python -m demo.phones ORDERS``: all agents' phones and the cash desks, until SIGTERM."""

import asyncio
import signal
import sys
from pathlib import Path

import httpx
import numpy as np

from core import logging
from core.geometry import LatLon
from demo.agent import Agent
from demo.motion import Motion, Phone
from demo.notes import unsaid_share
from demo.office import keep_cash_desk
from demo.orders import AgentOrders, Orders, Report, working_day
from demo.ride import Noise, Ride
from demo.ways import Ways
from demo.wire import Tally, Wire
from streets.graph import StreetGraph

REPORT_EVERY_S = 2.0
TIMEOUT_S = 30.0


async def play(orders: Orders, stopping: asyncio.Event) -> None:
    """Work the day until `stopping`; what was begun is finished. Raises an ExceptionGroup."""
    ways = Ways(StreetGraph.load(orders.graph))
    former = Report.read(orders.report)
    stood = {}
    if former and former.day == orders.day:
        stood = {name: LatLon(lat, lon) for name, lat, lon in former.positions}
    tally = Tally()
    limits = httpx.Limits(max_connections=len(orders.agents) * 2 + 4)
    async with httpx.AsyncClient(base_url=orders.url, timeout=TIMEOUT_S, limits=limits) as http:
        agents = [
            _agent(orders, number, one, stood.get(one.username, one.home), ways, stopping,
                   Wire(http, tally, one.username, orders.password))
            for number, one in enumerate(orders.agents)
        ]  # fmt: skip
        async with asyncio.TaskGroup() as everybody:
            for agent in agents:
                everybody.create_task(agent.work())
            for username in orders.cash_desks:
                desk = Wire(http, tally, username, orders.password)
                everybody.create_task(keep_cash_desk(desk, orders.clock, stopping))
            everybody.create_task(_keep_reporting(orders, agents, tally, stopping))
    _report(orders, agents, tally)


def _agent(
    orders: Orders,
    number: int,
    one: AgentOrders,
    position: LatLon,
    ways: Ways,
    stopping: asyncio.Event,
    wire: Wire,
) -> Agent:
    now = orders.clock.now()
    # One stream for what happens and one for errors: more pings must not change the day.
    day_rng, phone_rng = (
        np.random.default_rng([orders.seed, orders.day.toordinal(), number, stream])
        for stream in (0, 1)
    )
    motion = Motion(Ride.standing(position), now)
    phone = Phone(wire, one.device_key, orders.clock, motion, phone_rng, Noise(phone_rng))
    hours = working_day(orders.day)
    return Agent(
        wire, phone, motion, orders.clock, ways, hours, day_rng, stopping, one.home, one.branch,
        unsaid_share(number), had_break=(now - hours.break_from).total_seconds() > hours.break_s,
    )  # fmt: skip


async def _keep_reporting(
    orders: Orders, agents: list[Agent], tally: Tally, stopping: asyncio.Event
) -> None:
    while not stopping.is_set():
        _report(orders, agents, tally)
        try:
            async with asyncio.timeout(REPORT_EVERY_S):
                await stopping.wait()
        except TimeoutError:
            continue


def _report(orders: Orders, agents: list[Agent], tally: Tally) -> None:
    Report(
        day=orders.day,
        requests=tally.requests,
        retries=tally.retries,
        sent_twice=tally.sent_twice,
        errors=tally.errors,
        cash_limit_refusals=tally.cash_limit_refusals,
        positions=tuple((one.wire.username, *one.position) for one in agents),
    ).write(orders.report)


async def _main(path: Path) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    playing = asyncio.create_task(play(Orders.read(path), stopping))
    await asyncio.wait(
        [playing, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED
    )
    # When everybody is at home there is nothing to do, but it is not for us to end.
    if not stopping.is_set() and playing.exception() is None:
        await stopping.wait()
    await playing


if __name__ == "__main__":
    logging.configure()
    asyncio.run(_main(Path(sys.argv[1])))
