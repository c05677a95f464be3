"""Taking demand files back, on a real database: what is known is as it was."""

from datetime import timedelta
from typing import Any

import pytest

from collection.portfolio.errors import ActedUpon, DemandFileNotFound
from collection.portfolio.geocode import nowhere
from collection.portfolio.import_demand import NewDemandFile, import_demand
from collection.portfolio.taken_back.store import KEPT
from collection.portfolio.taken_back.take_back import take_back
from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from tests.collection.portfolio.test_import_demand import MONDAY, TUESDAY, Lender, csv, view
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person

TUESDAY_NINE = MONDAY_NINE + timedelta(days=1)


@pytest.fixture
async def lender(database: Database) -> Lender:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        await a_person(session, branch)
        return Lender(database, await view(session, branch), f"B{new_id().hex[-8:]}")


async def newest(lender: Lender) -> Any:
    found = await lender.ask(
        "SELECT id FROM demand_file_import WHERE branch_id = :b ORDER BY id DESC LIMIT 1",
        b=lender.branch.id,
    )
    return found[0].id


async def undo(lender: Lender, import_id: Any, scope: Scope = EVERYTHING) -> None:
    async with lender.database.transaction(scope) as session:
        [person] = await rows(
            session, "SELECT id FROM staff WHERE branch_id = :b", b=lender.branch.id
        )
        await take_back(session, person.id, import_id, "wrong day", TUESDAY, TUESDAY_NINE)


async def standing(lender: Lender) -> list[Any]:
    """All that a file may say of accounts."""
    return await lender.ask(
        "SELECT a.source_ref, a.product_code, a.product_type, a.principal_outstanding_minor,"
        " a.emi_minor, a.last_payment_on, a.as_of, c.overdue_minor, c.stage, c.closure,"
        " (SELECT array_agg((d.due_on, d.total_minor, d.installment_no, d.paid_minor)::text"
        " ORDER BY d.due_on) FROM demand d WHERE d.account_id = a.id) AS due,"
        " (SELECT array_agg((p.due_on, p.amount_minor)::text) FROM promise p"
        " WHERE p.account_id = a.id AND p.state = 'open') AS promised"
        " FROM account a JOIN case_file c ON c.account_id = a.id WHERE a.branch_id = :b"
        " ORDER BY a.source_ref",
        b=lender.branch.id,
    )


async def test_accounts_owe_what_they_owed_before(lender: Lender) -> None:
    await lender.load(
        lender.line(1, promise_due_date=TUESDAY, promise_amount=20_000),
        lender.line(2, dpd=40, emi_amount=9_000, installment_no=3),
    )
    before = await standing(lender)
    await lender.load(
        lender.line(1, total_due=60_000, principal_due=53_000, pos=1,
                    promise_due_date=TUESDAY + timedelta(days=2), promise_amount=9_000),
        lender.line(2, dpd=400, product_code="CARD", installment_no=7,
                    last_payment_date=MONDAY - timedelta(days=3)),
        lender.line(2, due_date=MONDAY - timedelta(days=400)),
        lender.line(3),
        day=TUESDAY,
    )  # fmt: skip
    assert (await standing(lender))[:2] != before
    assert [c.asset_class for c in await lender.cases()] == ["sma_0", "npa", "sma_0"]
    await undo(lender, await newest(lender))
    *known, brought = await standing(lender)
    assert known == before
    assert (brought.overdue_minor, brought.closure, brought.due) == (0, "reinstated", None)
    # The lender's own count of days goes on from where it was.
    assert [c.dpd for c in await lender.cases()] == [11, 41, 0]
    assert [c.asset_class for c in await lender.cases()] == ["sma_0", "sma_1", "standard"]


async def test_a_case_that_was_paid_closes_as_it_was(lender: Lender) -> None:
    await lender.load(lender.line(1))
    async with lender.database.transaction(EVERYTHING) as session:
        await rows(session, "UPDATE demand SET paid_minor = total_minor WHERE branch_id = :b"
                   " RETURNING 1", b=lender.branch.id)  # fmt: skip
        await rows(session, "UPDATE case_file SET overdue_minor = 0 WHERE branch_id = :b"
                   " RETURNING 1", b=lender.branch.id)  # fmt: skip
        await rows(
            session,
            "INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, closure,"
            " reason, changed_at) SELECT :id, branch_id, id, stage, 'closed', 'paid_in_full', 'x',"
            " :at FROM case_file WHERE branch_id = :b RETURNING 1",
            id=new_id(), at=MONDAY_NINE, b=lender.branch.id,
        )  # fmt: skip
    await lender.load(lender.line(1, due_date=MONDAY), day=TUESDAY)
    assert [c.closure for c in await lender.cases()] == [None]
    await undo(lender, await newest(lender))
    assert [c.closure for c in await lender.cases()] == ["paid_in_full"]
    assert [d.paid_minor for d in await lender.demands()] == [45_000]


async def test_a_corrected_file_is_news_even_after_one_of_a_day_to_come(lender: Lender) -> None:
    await lender.load(lender.line(1, pos=7), day=TUESDAY + timedelta(days=400))
    await undo(lender, await newest(lender))
    await lender.load(lender.line(1), day=MONDAY)
    [case] = await lender.cases()
    assert (case.principal_outstanding_minor, case.overdue_minor, case.dpd) == (400_000, 45_000, 10)
    assert case.closure is None


async def test_what_people_have_agreed_since_stands_in_the_way(lender: Lender) -> None:
    await lender.load(lender.line(1))
    [case] = await lender.cases()
    async with lender.database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO promise (id, branch_id, account_id, case_id, amount_minor, currency,"
            " due_on, made_at, source, body_hash) VALUES (:id, :b, :account, :case, 9000, 'CLP',"
            " :day, :at, 'desk', 'x') RETURNING 1",
            id=new_id(), b=lender.branch.id, account=case.account_id, case=case.id, day=TUESDAY,
            at=MONDAY_NINE,
        )  # fmt: skip
    with pytest.raises(ActedUpon) as refused:
        await undo(lender, await newest(lender))
    assert refused.value.count == 1
    assert "promised" in refused.value.in_the_way[0]


async def test_what_moved_out_of_sight_stands_in_the_way_and_others_files_are_none(
    lender: Lender,
) -> None:
    await lender.load(lender.line(1), lender.line(2))
    file_id = await newest(lender)
    async with lender.database.transaction(EVERYTHING) as session:
        other = await a_branch(session)
        for table in ("account", "case_file"):
            await rows(
                session,
                f"UPDATE {table} SET branch_id = :other WHERE id IN (SELECT id FROM {table}"  # noqa: S608
                " WHERE branch_id = :b ORDER BY id LIMIT 1) RETURNING 1",
                other=other, b=lender.branch.id,
            )  # fmt: skip
    with pytest.raises(ActedUpon, match="moved"):
        await undo(lender, file_id, Scope((lender.branch.id,)))
    with pytest.raises(DemandFileNotFound):
        async with lender.database.transaction(Scope((other,))) as session:
            await take_back(session, new_id(), file_id, "wrong day", TUESDAY, TUESDAY_NINE)


async def test_what_files_have_changed_is_forgotten_after_some_days(lender: Lender) -> None:
    await lender.load(lender.line(1))
    first = await newest(lender)
    changes = "SELECT kind, before FROM demand_file_change WHERE import_id = :f ORDER BY kind"
    kept = await lender.ask(changes, f=first)
    assert [(r.kind, r.before) for r in kept] == [("account", None), ("demand", None)]
    for later, count in ((KEPT, 2), (KEPT + timedelta(seconds=1), 0)):
        async with lender.database.transaction(EVERYTHING) as session:
            file = NewDemandFile(csv(lender.line(2, pos=later.seconds)), "later.csv", TUESDAY)
            await import_demand(session, lender.branch, file, MONDAY_NINE + later, nowhere)
        assert len(await lender.ask(changes, f=first)) == count
