"""Reports over HTTP: asked for once, made once for each span, for whoever may still see them."""

from datetime import date
from uuid import UUID

import httpx

from collection.figures.days.end_days import end_days
from collection.figures.targets.set_month import set_targets
from collection.figures.targets.target import Target
from core.ids import new_id
from core.mail import RecordingPost
from data.session import EVERYTHING, Database, rows, run
from identity.principal import Role
from map_ui.reports.mail_report import mail_report
from map_ui.reports.make_reports import make_reports
from tests.api.conftest import bearer
from tests.collection.figures.scene import NOW, TODAY, a_lender, at
from tests.factories import a_person, a_token

SUSPENDED, LET_IN = "suspended_at = '2026-11-01'", "suspended_at = NULL"


async def test_a_report_is_made_once_for_who_asked_while_they_may_see_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    lender = await a_lender(database)
    agent, code, case = lender.cases[0]
    await lender.take(agent, case, 777, at(TODAY.replace(day=22)))
    async with database.transaction(EVERYTHING) as session:
        manager = await a_person(session, lender.branches[code], Role.BRANCH_MANAGER)
        other = bearer(await a_token(session, await a_person(session, lender.branches[code])))
        headers = bearer(await a_token(session, manager))
    id_ = new_id()
    body = {"branch": code, "every": "day", "by": "agent", "format": "csv"}
    for _ in range(2):
        answer = await client.put(f"/v1/report-subscriptions/{id_}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    changed = await client.put(
        f"/v1/report-subscriptions/{id_}", json=body | {"every": "week"}, headers=headers
    )
    assert changed.status_code == 409
    elsewhere = await client.put(
        f"/v1/report-subscriptions/{new_id()}", json=body | {"branch": lender.head}, headers=headers
    )
    assert elsewhere.status_code == 404
    assert await make_reports(database, NOW) == 0  # no day has ended yet
    await end_days(database, NOW)
    assert await make_reports(database, NOW) == 1
    assert await make_reports(database, NOW) == 0
    [told] = (await client.get("/v1/reports", headers=headers)).json()["items"]
    assert (told["first_day"], told["last_day"]) == ("2026-11-22", "2026-11-22")
    path = f"/v1/reports/{id_}/2026-11-22"
    file = await client.get(path, headers=headers)
    assert "777" in file.text
    assert told["name"] in file.headers["content-disposition"]
    assert (await client.get(path, headers=other)).status_code == 404
    # Tomorrow's is not made for somebody who does not work there any more, or is kept out.
    await end_days(database, at(TODAY.replace(day=24), 2))
    for its, was in (("is_active = false", "is_active = true"), (SUSPENDED, LET_IN)):
        await set_person(database, manager, its)
        assert await make_reports(database, at(TODAY.replace(day=24), 3)) == 0
        await set_person(database, manager, was)
    ended = await client.delete(f"/v1/report-subscriptions/{id_}", headers=headers)
    assert ended.status_code == 204
    assert (await client.get("/v1/report-subscriptions", headers=headers)).json()["items"] == []
    assert await make_reports(database, at(TODAY.replace(day=24), 3)) == 0
    gone = await client.delete(f"/v1/report-subscriptions/{new_id()}", headers=headers)
    assert gone.status_code == 404


async def set_person(database: Database, staff_id: UUID, values: str) -> None:
    async with database.transaction(EVERYTHING) as session:
        await run(session, f"UPDATE staff SET {values} WHERE id = :id", id=staff_id)  # noqa: S608


async def test_a_report_is_mailed_to_whom_its_reader_asked_for(
    client: httpx.AsyncClient, database: Database
) -> None:
    lender = await a_lender(database)
    _, code, _ = lender.cases[0]
    async with database.transaction(EVERYTHING) as session:
        manager = await a_person(session, lender.branches[code], Role.BRANCH_MANAGER)
        headers = bearer(await a_token(session, manager))
    path = f"/v1/report-subscriptions/{new_id()}"
    body = {"branch": code, "every": "day", "by": "agent", "format": "csv"}
    wrong = await client.put(path, json=body | {"email": "ana at home"}, headers=headers)
    assert wrong.json()["errors"] == [
        {"field": "email", "expected": "an e-mail address such as ana@example.org"}
    ]
    made = await client.put(path, json=body | {"email": "ana@example.org"}, headers=headers)
    assert made.json()["email"] == "ana@example.org"
    await end_days(database, NOW)
    assert await make_reports(database, NOW) == 1
    async with database.transaction(EVERYTHING) as session:
        jobs = await rows(
            session,
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'reports.mail'"
            " AND args ->> 'subscription_id' = :id",
            id=made.json()["id"],
        )
    assert [job.args["last_day"] for job in jobs] == ["2026-11-22"]
    post, day = RecordingPost(), TODAY.replace(day=22)
    assert await mail_report(database, post, UUID(made.json()["id"]), day)
    [mail] = post.kept
    assert mail.to == "ana@example.org"
    [file] = mail.attachments
    assert (file.name, file.media_type) == (
        f"figures-{code}-2026-11-22-2026-11-22.csv", "text/csv; charset=utf-8",
    )  # fmt: skip
    # Nobody is written to who is kept out, or stopped it.
    await set_person(database, manager, SUSPENDED)
    assert not await mail_report(database, post, UUID(made.json()["id"]), day)
    await set_person(database, manager, LET_IN)
    await client.delete(path, headers=headers)
    assert not await mail_report(database, post, UUID(made.json()["id"]), day)


async def test_who_may_set_targets_sees_the_agents_to_set_them_for(
    client: httpx.AsyncClient, database: Database
) -> None:
    lender = await a_lender(database)
    agent, code, _ = lender.cases[0]
    async with database.transaction(EVERYTHING) as session:
        manager = await a_person(session, lender.branches[code], Role.BRANCH_MANAGER)
        supervisor = await a_person(session, lender.branches[code], Role.SUPERVISOR)
        sets, sees = (
            bearer(await a_token(session, manager)),
            bearer(await a_token(session, supervisor)),
        )
    agents = (await client.get(f"/v1/figures/agents?branch={code}", headers=sets)).json()["items"]
    assert str(agent) in {one["id"] for one in agents}
    assert {one["branch"] for one in agents} == {code}
    elsewhere = await client.get(f"/v1/figures/agents?branch={lender.head}", headers=sets)
    assert elsewhere.json()["items"] == []
    # A target that somebody above the branch has set is seen there, too.
    async with database.transaction(EVERYTHING) as session:
        target = Target(code, None, "collected", 6_000)
        await set_targets(session, lender.boss, date(2026, 11, 1), [target], NOW)
    for headers, may in ((sets, True), (sees, False)):
        month = (await client.get("/v1/targets/2026-11-01", headers=headers)).json()
        assert month["may_set"] is may
        assert [(one["amount"], one["set_by"]) for one in month["items"]] == [(6_000, "")]
