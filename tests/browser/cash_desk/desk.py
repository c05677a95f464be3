"""A branch at five o'clock: two cashiers, three agents with cash, and what is on their screen."""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from api.deps import SESSION_COOKIE
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.browser.conftest import Watched, watched
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.served import Served

AT = "2026-11-23T12:00:00Z"
NAMES = ("Diego Soto", "Ana Vidal", "Ben Rojas")


@dataclass
class Desk:
    """The product, two cashiers' tokens, and an agent's token and case each."""

    served: Served
    token: str
    colleague: str
    agents: list[tuple[str, str]]


async def set_up(database_url: str) -> tuple[str, str, list[tuple[str, str]]]:
    database = Database(database_url)
    agents = []
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        for name in NAMES:
            agent = await an_agent(session, branch, name, cash_limit_minor=60_000)
            case = await a_case(session, branch, agent_id=agent, due_minor=90_000)
            agents.append((await a_token(session, agent), str(case.case_id)))
        cashier = await a_person(session, branch, Role.CASH_DESK, "Paula Soto")
        token = await a_token(session, cashier)
        other = await a_person(session, branch, Role.CASH_DESK, "Rosa Vera")
        colleague = await a_token(session, other)
        await a_case(session, branch, due_minor=90_000, customer_name="Teresa Muñoz")
    await database.close()
    return token, colleague, agents


def hand_in(page: Page, desk: Desk) -> None:
    """Everybody takes 50,000 and brings 40,000."""
    for token, case_id in desk.agents:
        receipt = {
            "case_id": case_id, "amount": {"amount_minor": 50_000, "currency": "CLP"},
            "mode": "cash", "taken_at": AT,
            "fix": {"lat": -29.9027, "lon": -71.252, "accuracy_m": 8, "captured_at": AT},
        }  # fmt: skip
        deposit = {
            "amount": {"amount_minor": 40_000, "currency": "CLP"}, "target": "branch",
            "slip_no": None, "deposited_at": AT,
            "denominations": [
                {"face_minor": 10_000, "count": 3}, {"face_minor": 1000, "count": 10},
            ],
        }  # fmt: skip
        for what, body in (("receipts", receipt), ("deposits", deposit)):
            answer = page.request.put(
                f"{desk.served.url}/v1/agent/{what}/{new_id()}",
                data=body,
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.ok, answer.text()


def opened(
    desk: Desk, chromium: Browser, width: int = 1366, height: int = 768, token: str | None = None
) -> Watched:
    watch = watched(chromium, width=width, height=height)
    cookie = {"name": SESSION_COOKIE, "value": token or desk.token, "url": desk.served.url}
    watch.page.context.add_cookies([cookie])  # type: ignore[list-item]
    return watch


def told(page: Page, selector: str) -> str:
    """What stands there, with plain spaces."""
    return page.inner_text(selector).replace("\xa0", " ")
