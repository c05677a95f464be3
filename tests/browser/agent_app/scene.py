"""An agent's phone on a working day: the product served, a round of stops, and the app on it."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, BrowserType, Page
from sqlalchemy import update

from benchmarks._bad_network import Network, a_network
from cli.chromium import OPTIONS
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.custody import Till
from data.tables.identity import Staff
from streets.publish import publish
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_device, an_agent, give_phone
from tests.routing.underway.scenes import HOME, a_day
from tests.served import Served, serving, set_clock
from tests.streets.small_city import at, small_graph

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True,
    "has_touch": True, "permissions": ["geolocation", "camera"], "locale": "en-GB",
}  # fmt: skip
CHROMIUM_OPTIONS = [*OPTIONS, "--use-fake-device-for-media-stream"]
FIRST_NAMES = ("María", "José", "Ana", "Luis", "Rosa", "Carlos", "Elena", "Pedro")
LAST_NAMES = ("González", "Muñoz", "Rojas", "Díaz", "Pérez")


@dataclass
class Scene:
    """The product at nine with an agent's round, reached through `network`; `doors` are where its
    cases are to be met."""

    served: Served
    network: Network
    database_url: str
    agent: UUID
    branch: UUID
    username: str
    device_key: str
    cases: list[UUID]
    doors: dict[str, LatLon] = field(default_factory=dict)

    def ask(self, statement: str, **parameters: Any) -> list[Any]:
        """Rows of the database, whoever may see them."""
        found: list[Any] = in_thread(_ask(self.database_url, statement, parameters))
        return found

    def set_policy(self, key: str, value: str) -> None:
        """Set a policy of the branch, as JSON."""
        self.ask(
            "INSERT INTO policy (branch_id, key, value, set_at)"
            " VALUES (:branch, :key, CAST(:value AS jsonb), '2026-11-23T12:00:00Z') RETURNING key",
            branch=self.branch, key=key, value=value,
        )  # fmt: skip


def a_center(scene: Scene, name: str) -> None:
    """A center that meets at nine on Mondays."""
    scene.ask(
        "WITH n AS (INSERT INTO center (id, branch_id, code, name)"
        " VALUES (:id, :branch, :name, :name) RETURNING id)"
        " INSERT INTO center_schedule (center_id, branch_id, first_on, every_days, meets_at, place)"
        " SELECT id, :branch, DATE '2026-11-16', 7, TIME '09:00', 'Sede vecinal' FROM n"
        " RETURNING center_id",
        id=new_id(), branch=scene.branch, name=name,
    )  # fmt: skip


def in_center(scene: Scene, name: str, numbers: range) -> None:
    """Make the customers of some of the cases members of a center."""
    scene.ask(
        "UPDATE customer u SET center_id = n.id FROM center n, case_file c WHERE n.name = :name"
        " AND c.customer_id = u.id AND c.id = ANY (CAST(:cases AS uuid[])) RETURNING u.id",
        name=name, cases=[scene.cases[n] for n in numbers],
    )  # fmt: skip


def in_thread(work: Any) -> Any:
    """Run a coroutine beside the browser's driver, whose event loop runs in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _ask(database_url: str, statement: str, parameters: dict[str, Any]) -> list[Any]:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        found = await rows(session, statement, **parameters)
    await database.close()
    return list(found)


async def _set_up(database_url: str, stops: int, limit_minor: int) -> dict[str, Any]:
    database = Database(database_url)
    spots = [(10 + 70.0 * (n % 6), 10 + 45.0 * (n // 6)) for n in range(stops)]
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        day = await a_day(session, spots, branch=await a_branch(session, location=HOME))
        await session.execute(
            update(Till).where(Till.agent_id == day.agent).values(limit_minor=limit_minor)
        )
        _, key = await a_device(session, day.branch)
        for n, case in enumerate(day.cases):
            name = f"{FIRST_NAMES[n % 8]} {LAST_NAMES[n % 5]} {n + 1}"
            await rows(
                session,
                "UPDATE customer SET full_name = :name WHERE id = :id RETURNING id",
                name=name, id=case.customer_id,
            )  # fmt: skip
            await give_phone(session, case.customer_id, "+56900000000")
        found = await session.execute(Staff.__table__.select().where(Staff.id == day.agent))
        username = found.one().username
    await database.close()
    doors = {str(c.case_id): LatLon(*at(*spot)) for c, spot in zip(day.cases, spots, strict=True)}
    return {
        "agent": day.agent, "branch": day.branch, "username": username, "device_key": key,
        "cases": [case.case_id for case in day.cases], "doors": doors,
    }  # fmt: skip


@contextmanager
def a_scene(
    database_url: str, redis_url: str, *, stops: int = 6, limit_minor: int = 500_000
) -> Iterator[Scene]:
    """Everything up and an agent with a round of so many stops."""
    set_clock(database_url, MONDAY_NINE)
    made = in_thread(_set_up(database_url, stops, limit_minor))
    with serving(database_url, redis_url, worker=False) as served, a_network(served.url) as network:
        yield Scene(served, network, database_url, **made)


@contextmanager
def a_phone(
    browser: BrowserType, executable: str, profile: Path, **more: Any
) -> Iterator[BrowserContext]:
    """A phone whose storage is in `profile`, and outlives it: opened again, all is there."""
    context = browser.launch_persistent_context(
        str(profile), executable_path=executable,
        args=CHROMIUM_OPTIONS,
        **(PHONE | more),
    )  # fmt: skip
    # The window's first page is there before the phone's screen is, and may keep a zoom of its own:
    # what is touched then is not what is seen.
    [first] = context.pages
    context.new_page()
    first.close()
    try:
        yield context
    finally:
        context.close()


def stand_at(context: BrowserContext, place: LatLon, accuracy_m: float = 8) -> None:
    """Have the phone believe that it is there."""
    context.set_geolocation({"latitude": place.lat, "longitude": place.lon, "accuracy": accuracy_m})


async def a_colleague(scene: Scene) -> dict[str, Any]:
    """What differs from the scene for a colleague with a phone: `replace(scene, **those)`."""
    database = Database(scene.database_url)
    async with database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, scene.branch, "Ana Vega", cash_limit_minor=500_000)
        _, key = await a_device(session, scene.branch)
        [found] = await rows(session, "SELECT username FROM staff WHERE id = :id", id=agent)
    await database.close()
    return {"agent": agent, "username": found.username, "device_key": key}


PIN = "739164"


def enter_pin(page: Page, pin: str = PIN) -> None:
    """Tap a PIN, once."""
    for digit in pin:
        page.click(f"[data-testid=pin-{digit}]:enabled")


def sign_in(scene: Scene, page: Page) -> None:
    """From the office's link to the app with a PIN."""
    page.goto(f"{scene.network.url}/app/#key={scene.device_key}")
    page.fill("[name=username]", scene.username)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_selector("text=Choose a PIN")
    enter_pin(page)
    page.wait_for_selector("text=The same PIN again")
    enter_pin(page)


def start_shift(scene: Scene, page: Page) -> None:
    """From the office's link to the round on the screen."""
    sign_in(scene, page)
    page.click("[data-testid=start-shift]")
    page.wait_for_selector("[data-testid=next]")


def sync_state(page: Page) -> dict[str, int]:
    """How many records of the phone are in each state."""
    counted: dict[str, int] = page.evaluate(
        """async () => {
          const { value } = await import("/app/kept/database.js");
          const { recordsOf } = await import("/app/kept/outbox.js");
          const counts = {};
          for (const record of await recordsOf((await value("session")).agent_id)) {
            counts[record.state] = (counts[record.state] ?? 0) + 1;
          }
          return counts;
        }"""
    )
    return counted


def wait_until_sent(page: Page, records: int, within_s: float = 90) -> None:
    """Until the server has so many records of the phone, and none waits."""
    deadline = time.monotonic() + within_s
    while sync_state(page) != {"sent": records}:
        assert time.monotonic() < deadline, sync_state(page)
        page.wait_for_timeout(500)


def leave(page: Page) -> None:
    """Leave a door where nobody was; what came of it is said later."""
    page.tap("[data-testid=leave]")
    page.tap("[data-testid=outcome-not_home]")
    page.tap("[data-testid=later]")
    page.wait_for_selector("[data-testid=stop]")
