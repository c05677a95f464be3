"""Books of numbered paper receipts: issued, used leaf by leaf, missed, and taken back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from collection.custody.store import tills_in_doubt
from collection.receipts.books.book import in_runs, read_number
from collection.receipts.books.watch_books import watch_books
from core.ids import new_id
from data.session import EVERYTHING, Database, DatabaseError
from identity.principal import Role
from tests.api.cash_field import NINE, Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_person, a_token, an_agent


class Desk:
    """The cash desk of a field, with a series of its own."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.series = f"B{new_id().int % 10**10}"

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.field.client.request(
            method, f"/v1/cash/{path}", json=body, headers=bearer(self.field.desk)
        )

    async def issue(self, first: int = 1, last: int = 10, **changed: Any) -> httpx.Response:
        body = {
            "agent_id": str(self.field.agent), "series": self.series, "first_number": first,
            "last_number": last,
        } | changed  # fmt: skip
        return await self.ask("PUT", f"receipt-books/{new_id()}", body)

    async def a_book(self, first: int = 1, last: int = 10) -> str:
        answer = await self.issue(first, last)
        assert answer.status_code == 200, answer.text
        id_: str = answer.json()["id"]
        return id_

    async def enter(
        self, leaf: int | str, minor: int = 20_000, id_: UUID | None = None, **changed: Any
    ) -> httpx.Response:
        number = leaf if isinstance(leaf, str) else f"{self.series}-{leaf:06d}"
        body = {
            "provisional_number": number, "case_id": str(self.field.case.case_id), "mode": "cash",
            "amount": {"amount_minor": minor, "currency": "CLP"}, "taken_at": NINE,
        } | changed  # fmt: skip
        return await self.ask("PUT", f"paper-receipts/{id_ or new_id()}", body)

    async def declare(self, book: str, leaf: int, fate: str, **why: str) -> httpx.Response:
        return await self.ask("PUT", f"receipt-books/{book}/leaves/{leaf}", {"fate": fate} | why)

    async def take_back(self, book: str, blank_from: int | None) -> httpx.Response:
        return await self.ask("POST", f"receipt-books/{book}/return", {"blank_from": blank_from})

    async def book(self, book: str, *, returned: bool = False) -> dict[str, Any]:
        answer = await self.ask("GET", f"receipt-books?also_returned={returned}")
        found: dict[str, Any] = next(one for one in answer.json()["items"] if one["id"] == book)
        return found

    async def missing(self, book: str) -> list[int]:
        return [leaf["number"] for leaf in (await self.book(book, returned=True))["missing"]]

    async def alerts(self, book: str, later: timedelta = timedelta()) -> list[Any]:
        async with self.field.database.transaction(EVERYTHING) as session:
            await watch_books(session, MONDAY_NINE + later)
        return await self.field.ask(
            "SELECT title, detail, facts FROM alert WHERE subject_id = CAST(:book AS uuid)"
            " AND cleared_at IS NULL",
            book=book,
        )


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    return Desk(await a_field(database, client))


def kind(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).removeprefix("/problems/")


async def test_a_receipt_on_a_leaf_is_its_holders_and_uses_the_leaf(desk: Desk) -> None:
    book, id_ = await desk.a_book(), new_id()
    entered = await desk.enter(1, id_=id_)
    assert entered.status_code == 200, entered.text
    told = entered.json()
    assert (told["agent_id"], told["provisional_number"]) == (
        str(desk.field.agent), f"{desk.series}-1",
    )  # fmt: skip
    assert "from_paper" in told["flags"]
    assert (await desk.field.till())["in_hand"] == await desk.field.cash_in_ledger() == 20_000
    again = await desk.enter(1, id_=id_)
    assert (again.status_code, again.json()) == (200, told)
    assert kind(await desk.enter(1)) == (409, "paper-receipt-known")
    assert kind(await desk.enter(1, 30_000, id_=id_)) == (409, "id-reused")
    assert (await desk.field.till())["in_hand"] == 20_000
    one = await desk.book(book)
    assert (one["used"], one["missing"], one["returned_at"]) == (1, [], None)
    [leaf] = (await desk.ask("GET", f"receipt-books/{book}/leaves")).json()["items"]
    assert (leaf["number"], leaf["receipt"], leaf["fate"]) == (1, told["number"], None)
    [found] = (await desk.ask("GET", f"receipts?q={desk.series}-1")).json()["items"]
    assert found["id"] == str(id_)


async def test_money_on_paper_is_never_refused_for_the_limit(desk: Desk) -> None:
    await desk.a_book()
    answer = await desk.enter(1, 600_000)
    assert answer.status_code == 200, answer.text
    assert "limit_breach" in answer.json()["flags"]
    assert (await desk.field.till())["in_hand"] == 600_000
    refused = await desk.field.pay(1_000)
    assert (refused.status_code, refused.json()["blocked_for"]) == (409, "limit_breach")
    async with desk.field.database.transaction(EVERYTHING) as session:
        assert desk.field.agent not in await tills_in_doubt(session)


async def test_no_leaf_is_in_two_books(desk: Desk) -> None:
    await desk.a_book(1, 50)
    assert kind(await desk.issue(50, 99)) == (409, "leaves-issued")
    assert (await desk.issue(51, 99)).status_code == 200
    for first, last, field in ((5, 4, "last_number"), (200, 1200, "last_number")):
        answer = await desk.issue(first, last)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    answer = await desk.issue(series="B 1")
    assert answer.json()["errors"][0]["field"] == "series"
    nobody = await desk.issue(agent_id=str(new_id()))
    assert nobody.json()["errors"][0]["field"] == "agent_id"


@pytest.mark.parametrize("leaf", [0, 11, 999])
async def test_a_leaf_that_is_in_no_book_is_not_entered(desk: Desk, leaf: int) -> None:
    await desk.a_book()
    answer = await desk.enter(leaf)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "provisional_number"


async def test_a_receipt_of_before_the_book_was_issued_is_not_on_its_leaf(desk: Desk) -> None:
    await desk.a_book()
    answer = await desk.enter(1, taken_at="2026-11-23T08:00:00Z")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "taken_at")


async def test_leaves_are_declared_with_why_and_once(desk: Desk) -> None:
    book = await desk.a_book()
    assert (await desk.declare(book, 1, "cancelled", reason="blotted")).status_code == 200
    assert (await desk.declare(book, 1, "cancelled", reason="blotted")).status_code == 200
    assert kind(await desk.declare(book, 1, "lost", reason="blew away")) == (409, "leaf-accounted")
    assert (await desk.declare(book, 2, "lost")).status_code == 422
    assert (await desk.declare(book, 2, "burnt", reason="so")).status_code == 422
    assert kind(await desk.declare(book, 11, "lost", reason="so")) == (404, "leaf-not-in-book")
    assert (await desk.declare(book, 2, "lost", reason="blew away")).status_code == 200
    one = await desk.book(book)
    assert (one["cancelled"], one["lost"], one["used"]) == (1, 1, 0)


async def test_a_leaf_written_beside_the_phones_receipt_is_used_with_it(desk: Desk) -> None:
    book = await desk.a_book()
    first, second = (await desk.field.pay(9_000)).json(), (await desk.field.pay(9_000)).json()
    for _ in range(2):
        answer = await desk.declare(book, 1, "used", receipt_number=first["number"])
        assert answer.status_code == 200, answer.text
    assert kind(await desk.declare(book, 1, "used", receipt_number=second["number"])) == (
        409, "leaf-accounted",
    )  # fmt: skip
    assert kind(await desk.declare(book, 2, "used", receipt_number=first["number"])) == (
        409, "leaf-accounted",
    )  # fmt: skip
    assert kind(await desk.declare(book, 2, "used", receipt_number="LS-999-000001")) == (
        404, "receipt-not-found",
    )  # fmt: skip
    assert kind(await desk.enter(1)) == (409, "paper-receipt-known")
    assert (await desk.field.till())["in_hand"] == 18_000


async def test_only_the_holders_receipts_are_on_a_books_leaves(
    desk: Desk, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await an_agent(session, desk.field.branch)
    taken = (await desk.field.pay(9_000)).json()
    book = (await desk.issue(agent_id=str(other))).json()["id"]
    answer = await desk.declare(book, 1, "used", receipt_number=taken["number"])
    assert kind(answer) == (409, "not-of-holder")
    with pytest.raises(DatabaseError, match="holds book"):
        await desk.field.ask(
            "INSERT INTO book_leaf (book_id, number, branch_id, receipt_id, used_at, used_by)"
            " SELECT id, 1, branch_id, CAST(:receipt AS uuid), issued_at, issued_by"
            " FROM receipt_book WHERE id = CAST(:book AS uuid) RETURNING 1",
            receipt=taken["id"], book=book,
        )  # fmt: skip


async def test_a_skipped_leaf_is_missed_and_told_after_a_day(desk: Desk) -> None:
    book = await desk.a_book()
    await desk.enter(1)
    await desk.enter(4)
    assert await desk.missing(book) == [2, 3]
    assert await desk.alerts(book) == []
    [alert] = await desk.alerts(book, timedelta(hours=25))
    assert alert.facts["numbers"] == [2, 3]
    assert "2–3" in alert.detail
    await desk.enter(2)
    await desk.declare(book, 3, "cancelled", reason="blotted")
    assert await desk.missing(book) == []
    assert await desk.alerts(book, timedelta(hours=25)) == []


async def test_a_book_comes_back_and_its_blank_leaves_go_to_another(
    desk: Desk, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await an_agent(session, desk.field.branch)
    book = await desk.a_book()
    await desk.enter(2)
    assert kind(await desk.take_back(book, 2)) == (409, "leaf-not-blank")
    assert (await desk.take_back(book, 11)).status_code == 422
    for _ in range(2):
        back = await desk.take_back(book, 4)
        assert (back.status_code, back.json()["held_to"]) == (200, 3), back.text
    assert kind(await desk.take_back(book, 5)) == (409, "book-returned")
    assert await desk.missing(book) == [1, 3]
    again = await desk.issue(4, 10, agent_id=str(other))
    assert again.status_code == 200, again.text
    assert kind(await desk.declare(book, 4, "lost", reason="so")) == (404, "leaf-not-in-book")
    entered = await desk.enter(4)
    assert entered.json()["agent_id"] == str(other)
    await desk.declare(book, 1, "lost", reason="so")
    await desk.declare(book, 3, "lost", reason="so")
    shown = (await desk.ask("GET", "receipt-books")).json()["items"]
    assert book not in [one["id"] for one in shown]  # nothing is open about it


async def test_a_lost_leaf_that_a_customer_shows_is_booked_and_told(desk: Desk) -> None:
    book, id_ = await desk.a_book(), new_id()
    await desk.declare(book, 1, "lost", reason="blew away")
    entered = await desk.enter(1, id_=id_)
    assert entered.status_code == 200, entered.text
    assert "declared_leaf" in entered.json()["flags"]
    [leaf] = (await desk.ask("GET", f"receipt-books/{book}/leaves")).json()["items"]
    assert (leaf["fate"], leaf["reason"]) == ("lost", "blew away")
    assert leaf["receipt"] == entered.json()["number"]
    [alert] = await desk.field.ask("SELECT kind, detail FROM alert WHERE subject_id = :id", id=id_)
    assert (alert.kind, "blew away" in alert.detail) == ("leaves_declared", True)


async def test_who_holds_a_book_neither_issues_it_nor_accounts_for_it(
    desk: Desk, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        admin = await a_token(session, await a_person(session, desk.field.branch, Role.ADMIN))
    book = await desk.a_book()
    for update in ("issued_by = agent_id", "returned_at = issued_at, returned_to = agent_id"):
        with pytest.raises(DatabaseError):
            await desk.field.ask(
                f"UPDATE receipt_book SET {update} WHERE id = CAST(:id AS uuid) RETURNING 1",  # noqa: S608
                id=book,
            )
    seen = await desk.field.client.get("/v1/cash/receipt-books", headers=bearer(admin))
    assert seen.status_code == 200


async def test_leaving_shows_the_book_and_then_misses_all_that_is_not_accounted_for(
    desk: Desk, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        admin = await a_token(session, await a_person(session, desk.field.branch, Role.ADMIN))
    book = await desk.a_book(1, 3)
    await desk.declare(book, 1, "lost", reason="so")
    path = f"/v1/staff/{desk.field.agent}/leave"
    shown = (await desk.field.client.get(path, headers=bearer(admin))).json()
    assert shown["receipt_books"] == [f"{desk.series} 1–3"]
    left = await desk.field.client.post(path, json={"reason": "gone"}, headers=bearer(admin))
    assert left.status_code == 200, left.text
    assert await desk.missing(book) == [2, 3]
    assert (await desk.book(book))["holder_left"]
    [alert] = await desk.alerts(book, timedelta(hours=25))
    assert alert.facts["numbers"] == [2, 3]


@pytest.mark.parametrize(
    ("printed", "is_read"),
    [
        ("b12-000017", ("B12", 17)), ("LS-B12-17", ("LS-B12", 17)), ("17", None), ("B12-", None),
        ("B12--17", None), ("-17", None), ("B12-12345678901", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_printed(
    printed: str, is_read: tuple[str, int] | None
) -> None:
    assert read_number(printed) == is_read


def test_numbers_are_told_in_runs() -> None:
    assert in_runs([9, 3, 7, 8]) == "3, 7–9"


async def test_an_agents_day_tells_the_books_in_hand_leaf_by_leaf(desk: Desk) -> None:
    other = desk.field
    book = await desk.a_book(1, 20)
    async with other.database.transaction(EVERYTHING) as session:
        colleague = await an_agent(session, other.branch)
    await desk.issue(101, 110, agent_id=str(colleague))

    async def books() -> list[dict[str, Any]]:
        day = await other.client.get("/v1/agent/day", headers=bearer(other.token))
        assert day.status_code == 200, day.text
        held: list[dict[str, Any]] = day.json()["books"]
        return held

    fresh = {"series": desk.series, "first_number": 1, "last_number": 20}
    assert await books() == [fresh | {"used": 0, "left": 20, "declared": [], "missing": []}]
    assert (await desk.enter(1)).status_code == 200
    await desk.declare(book, 3, "cancelled", reason="spoiled by rain")
    await desk.declare(book, 6, "lost", reason="blown away")
    assert await books() == [
        fresh | {
            "used": 1, "left": 14, "missing": [2, 4, 5],
            "declared": [
                {"number": 3, "fate": "cancelled"}, {"number": 6, "fate": "lost"},
            ],
        }
    ]  # fmt: skip
    # A leaf that was declared away and turns up is used, and declared no more.
    assert (await desk.enter(6)).status_code == 200
    [told] = await books()
    assert (told["used"], [leaf["number"] for leaf in told["declared"]]) == (2, [3])
    await desk.take_back(book, 7)
    assert await books() == []
