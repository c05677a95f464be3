"""Center sheets over HTTP: read, and submitted as a whole."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from core.sealing.file_key import FileKey
from data.sealed import sealed
from data.session import EVERYTHING, Database
from tests.api.center_field import MONDAY, NINE, CenterField, a_center_field
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_token, an_agent


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> CenterField:
    return await a_center_field(database, client)


def minor(line: dict[str, Any], name: str) -> int:
    return int(line["amounts"][name]["amount_minor"])


async def test_a_sheet_has_groups_members_and_cases(field: CenterField) -> None:
    sheet = await field.sheet()
    head = sheet["center"]
    assert (head["code"], head["place"], head["is_meeting_day"]) == ("C1", "Sede vecinal", True)
    assert [(g["code"], [m["name"] for m in g["members"]]) for g in sheet["groups"]] == [
        ("G1", ["Ana Araya", "Berta Bravo"]),
        ("G2", ["Carla Castro"]),
        (None, ["Delia Díaz"]),
    ]
    assert minor(sheet, "due") == 200_000
    [case] = sheet["groups"][0]["members"][0]["cases"]
    assert case["case_id"] == str(field.members[0].case_id)
    assert (minor(case, "overdue"), minor(case, "today")) == (50_000, 0)


async def test_the_list_has_the_centers_that_meet_on_the_day(field: CenterField) -> None:
    today = (await field.get("/v1/agent/centers")).json()
    assert [(c["center"]["code"], c["members"], c["attendance"]) for c in today] == [
        ("C1", 4, None)
    ]
    assert (await field.get("/v1/agent/centers", on="2026-11-24")).json() == []
    assert len((await field.get("/v1/agent/centers", on="2026-11-30")).json()) == 1


async def test_a_whole_sheet_is_taken_down_at_once(field: CenterField) -> None:
    by_card = field.paid(2, mode="card", mode_reference="A1B2C3")
    body = field.body(field.paid(0), field.paid(1, 20_000), by_card)
    answer = await field.submit(body)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert made["cash"]["amount_minor"] == 70_000
    assert made["other"]["amount_minor"] == 50_000
    assert made["due"]["amount_minor"] == 200_000
    assert made["attendance"] == {"attended": 3, "absent": 1, "excused": 0, "pct": 75.0}
    assert [r["outstanding"]["amount_minor"] for r in made["receipts"]] == [0, 30_000, 0]
    assert await field.in_hand() == 70_000
    assert await field.numbers() == [1, 2, 3]
    sheet = await field.sheet()
    assert [minor(sheet, n) for n in ("due", "collected", "left")] == [200_000, 120_000, 80_000]
    assert [m["attendance"] for g in sheet["groups"] for m in g["members"]] == [
        "present", "present", "present", "absent",
    ]  # fmt: skip


async def test_the_same_sheet_again_gets_the_same_answer_and_another_is_a_conflict(
    field: CenterField,
) -> None:
    id_, body = new_id(), field.body(field.paid(1, 20_000), field.paid(0))
    first = await field.submit(body, id_)
    again = await field.submit(body, id_)
    assert (again.status_code, again.json()) == (200, first.json())
    other = await field.submit(field.body(field.paid(0, 1_000)), id_)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/id-reused")
    second = await field.submit(field.body(field.paid(0, 1_000)))
    assert (second.status_code, second.json()["meeting_id"]) == (409, str(id_))
    assert await field.in_hand() == 70_000


async def test_a_receipt_of_a_sheet_tells_all_that_one_alone_does(field: CenterField) -> None:
    by_card = field.paid(
        0, mode="card", mode_reference="A1B2C3", mode_details={"last_four": "4512"},
        loan_card={"place": "7"},
    )  # fmt: skip
    answer = await field.submit(field.body(by_card))
    assert answer.status_code == 200, answer.text
    [receipt] = answer.json()["receipts"]
    assert receipt["mode_details"] == {"last_four": "4512"}
    assert receipt["loan_card"]["place"] == "7"


async def test_a_payer_who_hands_over_too_much_cash_undoes_the_whole_sheet(
    field: CenterField,
) -> None:
    await field.ask(
        "INSERT INTO policy (branch_id, key, value, set_at) SELECT branch_id,"
        " 'cash_per_payer_below', '40000', :now FROM center WHERE id = :center RETURNING 1",
        now=MONDAY_NINE,
        center=field.center,
    )
    answer = await field.submit(field.body(field.paid(0, 20_000), field.paid(1, 40_000)))
    assert answer.status_code == 409, answer.text
    assert (await field.in_hand(), await field.numbers()) == (0, [])
    assert (await field.submit(field.body(field.paid(0, 20_000)))).status_code == 200


async def test_notes_that_do_not_make_the_cash_leave_nothing_behind(field: CenterField) -> None:
    body = field.body(field.paid(0)) | {"denominations": [{"face_minor": 1000, "count": 49}]}
    answer = await field.submit(body)
    assert answer.status_code == 422
    assert "denominations" in answer.text
    assert (await field.in_hand(), await field.numbers()) == (0, [])


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"mode": "card"}, "members.1.receipts.0.mode_reference"),
        (
            {"amount": {"amount_minor": 5, "currency": "USD"}},
            "members.1.receipts.0.amount.currency",
        ),
        ({"case_id": str(new_id())}, "members.1.receipts.0.case_id"),
        ({"offline": {"lease_id": str(new_id()), "number": 1}}, "lease"),
    ],
)
async def test_one_wrong_receipt_undoes_the_whole_sheet(
    field: CenterField, changed: dict[str, Any], named: str
) -> None:
    body = field.body(field.paid(0), field.paid(1, **changed))
    cash = 50_000 if "amount" in changed or "mode" in changed else 100_000
    body["denominations"] = [{"face_minor": 1000, "count": cash // 1000}]
    answer = await field.submit(body)
    assert answer.status_code in (404, 422), answer.text
    assert named in answer.text
    assert (await field.in_hand(), await field.numbers()) == (0, [])
    assert await field.ask("SELECT FROM center_meeting WHERE center_id = :c", c=field.center) == []


async def test_members_are_each_there_once_and_nobody_else_is(field: CenterField) -> None:
    whole = field.body()
    for members, named in (
        (whole["members"][:3], "Delia Díaz"),
        ([*whole["members"], whole["members"][0]], "members.4.customer_id"),
        ([*whole["members"], {"customer_id": str(new_id()), "attendance": "present"}], "members.4"),
    ):
        answer = await field.submit(whole | {"members": members})
        assert answer.status_code == 422
        assert named in answer.text


async def test_cash_beyond_the_limit_is_refused_as_a_whole_and_raises_an_alert(
    field: CenterField,
) -> None:
    await field.do("UPDATE till SET limit_minor = 99000 WHERE agent_id = :a", a=field.agent)
    answer = await field.submit(field.body(field.paid(0), field.paid(1)))
    assert answer.status_code == 409, answer.text
    assert answer.json()["type"] == "/problems/over-cash-limit"
    assert answer.json()["amount"]["amount_minor"] == 100_000
    assert (await field.in_hand(), await field.numbers()) == (0, [])
    assert len(await field.ask("SELECT FROM alert WHERE subject_id = :a", a=field.agent)) == 1


async def test_where_a_picture_is_wanted_there_is_no_sheet_without_one(field: CenterField) -> None:
    await field.do(
        "INSERT INTO policy (branch_id, key, value, set_at)"
        " VALUES (:b, 'center_group_image', 'true', :now)",
        b=field.branch, now=MONDAY,
    )  # fmt: skip
    body = field.body(field.paid(0))
    refused = await field.submit(body)
    assert refused.json()["type"] == "/problems/group-image-missing"
    unknown = await field.submit(body | {"group_image_id": str(new_id())})
    assert unknown.status_code == 422
    image = new_id()
    await field.do(
        "INSERT INTO attachment (id, branch_id, agent_id, case_id, kind, media_type, size_bytes,"
        " original_sha256, stored_sha256, file_key, exif, device_time, server_time, body_hash)"
        " VALUES (:id, :b, :a, :c, 'photo', 'image/jpeg', 1, '', '', :key, '{}', :now, :now, '')",
        key=sealed(FileKey.new().text), id=image, b=field.branch, a=field.agent,
        c=field.members[3].case_id, now=MONDAY,
    )  # fmt: skip
    taken = await field.submit(body | {"group_image_id": str(image)})
    assert (taken.status_code, taken.json()["group_image_id"]) == (200, str(image))


async def test_of_many_sheets_at_once_one_is_taken(field: CenterField) -> None:
    bodies = [field.body(field.paid(0), field.paid(1)) for _ in range(6)]
    answers = await asyncio.gather(*(field.submit(body) for body in bodies))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409, 409, 409]
    assert (await field.in_hand(), await field.numbers()) == (100_000, [1, 2])


async def test_a_sheet_and_receipts_of_their_own_at_once_leave_no_gap(field: CenterField) -> None:
    """The limit has room for the sheet, or for the receipts, not for both."""
    await field.do("UPDATE till SET limit_minor = 110000 WHERE agent_id = :a", a=field.agent)
    sheet = field.submit(field.body(field.paid(3), field.paid(0)))
    single = [
        field.put(
            f"/v1/agent/receipts/{new_id()}",
            {"case_id": str(field.members[n].case_id), "mode": "cash", "taken_at": NINE,
             "amount": {"amount_minor": 20_000, "currency": "CLP"}},
            field.token,
        )
        for n in (3, 2, 1, 0)
    ]  # fmt: skip
    answers = await asyncio.gather(single[0], sheet, *single[1:])
    taken = await field.ask(
        "SELECT coalesce(sum(amount_minor), 0) AS minor, count(*) AS n FROM receipt"
        " WHERE agent_id = :a", a=field.agent,
    )  # fmt: skip
    assert await field.in_hand() == taken[0].minor <= 110_000
    assert await field.numbers() == list(range(1, taken[0].n + 1))
    meetings = await field.ask("SELECT FROM center_meeting WHERE center_id = :c", c=field.center)
    assert len(meetings) == sum(a.status_code == 200 and "cash" in a.json() for a in answers)


async def test_where_a_center_is_split_each_agent_has_a_sheet(field: CenterField) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        other = await an_agent(session, field.branch)
        token = await a_token(session, other)
        stranger = await a_token(session, await an_agent(session, await a_branch(session)))
    await field.do(
        "UPDATE assignment SET agent_id = :other WHERE case_id = :c",
        other=other, c=field.members[0].case_id,
    )  # fmt: skip
    mine = await field.sheet()
    assert minor(mine, "due") == 150_000
    theirs = await field.get(f"/v1/agent/centers/{field.center}/sheet", token)
    assert [m["name"] for g in theirs.json()["groups"] for m in g["members"]] == ["Ana Araya"]
    hidden = await field.get(f"/v1/agent/centers/{field.center}/sheet", stranger)
    assert hidden.status_code == 404
    whole = await field.sheet(field.supervisor)
    assert minor(whole, "due") == 200_000


async def test_supervisors_see_the_day_and_who_came(field: CenterField) -> None:
    body = field.body(field.paid(0), field.marked(1, "leave"), field.marked(2, "late"))
    made = (await field.submit(body)).json()
    day = (await field.get("/v1/centers", field.supervisor)).json()
    [center] = [c for c in day["centers"] if c["center"]["center_id"] == str(field.center)]
    assert [s["meeting_id"] for s in center["submitted"]] == [made["id"]]
    assert center["attendance"] == {"attended": 2, "absent": 1, "excused": 1, "pct": 66.7}
    [branch] = day["branches"]
    assert branch["amounts"]["left"]["amount_minor"] == 150_000
    path = f"/v1/centers/{field.center}/attendance"
    told = (await field.get(path, field.supervisor)).json()
    assert told["attendance"]["pct"] == 66.7
    assert [(m["name"], m["attendance"]["pct"]) for m in told["members"]] == [
        ("Ana Araya", 100.0), ("Berta Bravo", None), ("Carla Castro", 100.0), ("Delia Díaz", 0.0),
    ]  # fmt: skip
    wrong = await field.get(path, field.supervisor, first="2026-12-01", last="2026-11-01")
    assert wrong.status_code == 422


async def test_a_former_day_is_told_as_it_was(field: CenterField) -> None:
    await field.submit(field.body(field.paid(0)))
    await field.do(
        "UPDATE demand SET paid_minor = total_minor WHERE account_id = :a",
        a=field.members[0].account_id,
    )  # fmt: skip
    sunday = await field.sheet(on=date(2026, 11, 22))
    assert [minor(sunday, n) for n in ("due", "collected", "left")] == [200_000, 0, 200_000]
    tuesday = await field.sheet(on=date(2026, 11, 24))
    assert [minor(tuesday, n) for n in ("due", "collected", "left")] == [150_000, 0, 150_000]


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ([{"code": "G1", "name": "A", "customers": ["NOBODY"]}], "NOBODY"),
        ([{"code": "G1", "name": "A", "customers": []}] * 2, "each group once"),
    ],
)
async def test_groups_are_of_members(field: CenterField, groups: list[Any], named: str) -> None:
    base = f"/v1/branches/{field.code}/centers/C1"
    answer = await field.put(f"{base}/groups", {"groups": groups})
    assert answer.status_code == 422
    assert named in answer.text
    assert (await field.put(f"{base}X/groups", {"groups": []})).status_code == 404


async def test_who_leaves_the_center_leaves_the_group(field: CenterField) -> None:
    [ref] = await field.ask(
        "SELECT source_ref FROM customer WHERE id = :id", id=field.members[1].customer_id
    )
    path = f"/v1/branches/{field.code}/centers/C2"
    answer = await field.put(path, {"name": "Two", "customers": [ref.source_ref]})
    assert answer.status_code == 204, answer.text
    sheet = await field.sheet()
    assert [g["code"] for g in sheet["groups"]] == ["G1", "G2", None]
    assert len(sheet["groups"][0]["members"]) == 1


async def test_a_member_of_another_currency_is_not_summed(field: CenterField) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        dollars = await a_case(session, field.branch, agent_id=field.agent)
    await field.do("UPDATE account SET currency = 'USD' WHERE id = :a", a=dollars.account_id)
    await field.do(
        "UPDATE customer SET center_id = :c WHERE id = :id",
        c=field.center, id=dollars.customer_id,
    )  # fmt: skip
    assert minor(await field.sheet(), "due") == 200_000


async def test_the_database_itself_refuses_cash_that_receipts_do_not_make(
    field: CenterField,
) -> None:
    made = (await field.submit(field.body(field.paid(0)))).json()
    with pytest.raises(Exception, match="is not what its receipts make"):
        await field.do(
            "INSERT INTO center_meeting SELECT :id, branch_id, center_id, agent_id, day + 1,"
            " held_at, submitted_at, fix, NULL, currency, due_minor, cash_minor, other_minor,"
            " denominations, body_hash FROM center_meeting WHERE id = :made",
            id=new_id(), made=UUID(made["id"]),
        )  # fmt: skip
