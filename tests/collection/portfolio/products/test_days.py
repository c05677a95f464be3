"""Days that begin by the terms of product types, on a real database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from collection.portfolio.day.begin_days import begin_day_of
from collection.portfolio.errors import NotTheWholeLender
from collection.portfolio.products.product_type import ProductType
from collection.portfolio.products.set_product_type import (
    WantedType,
    product_type,
    set_product_type,
)
from collection.portfolio.products.terms import Terms
from collection.portfolio.stages.stage import Stage
from core.errors import InvalidField
from data.session import EVERYTHING, Database, Scope, rows
from identity.principal import Role
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person

MONDAY = MONDAY_NINE.date()
ZONE = ZoneInfo("America/Santiago")


@dataclass
class Lender:
    """A branch of its own database, and who may change product types."""

    database: Database
    branch: UUID
    admin: UUID

    async def account(
        self, product: str, days: int, day: date = MONDAY, stage: str = "field"
    ) -> ACase:
        """An account of a product code whose demand fell due `days` before the day."""
        async with self.database.transaction(EVERYTHING) as session:
            case = await a_case(
                session, self.branch, due_on=day - timedelta(days=days), dpd=0, stage=stage,
                product_code=product,
            )  # fmt: skip
            await session.execute(
                text("UPDATE case_file SET as_of = :day WHERE id = :id"),
                {"day": day - timedelta(days=1), "id": case.case_id},
            )
        return case

    async def pay(self, case: ACase) -> None:
        """Have nothing be unpaid on its account."""
        await self.ask(
            "UPDATE demand SET paid_minor = total_minor WHERE account_id = :id RETURNING 1",
            id=case.account_id,
        )

    async def close_cured(self, does: bool) -> None:
        """Set the branch's policy `close_cured_cases`."""
        await self.ask(
            "INSERT INTO policy (branch_id, key, value, set_at, set_by)"
            " VALUES (:branch, 'close_cured_cases', to_jsonb(CAST(:does AS boolean)), :at, :by)"
            " ON CONFLICT (branch_id, key) DO UPDATE SET value = excluded.value RETURNING 1",
            branch=self.branch, does=does, at=MONDAY_NINE, by=self.admin,
        )  # fmt: skip

    async def begin(self, day: date) -> None:
        now = datetime(day.year, day.month, day.day, 0, 5, tzinfo=ZONE)
        async with self.database.transaction(Scope((self.branch,))) as session:
            assert await begin_day_of(session, self.branch, now)

    async def case(self, case: ACase) -> Any:
        [found] = await self.ask(
            "SELECT c.*, a.product_type FROM case_file c JOIN account a ON a.id = c.account_id"
            " WHERE c.id = :id",
            id=case.case_id,
        )
        return found

    async def stages(self, case: ACase) -> list[str]:
        found = await self.ask(
            "SELECT to_stage FROM stage_change WHERE case_id = :id ORDER BY changed_at",
            id=case.case_id,
        )
        return [r.to_stage for r in found]

    async def ask(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.transaction(EVERYTHING) as session:
            return list(await rows(session, statement, **parameters))

    async def change(self, code: str, codes: tuple[str, ...] = (), **terms: Any) -> ProductType:
        """Change some of a product type's terms from the next day on."""
        async with self.database.transaction(EVERYTHING) as session:
            known = await product_type(session, code)
            wanted = replace(known.versions[0].terms, **terms)
            return await set_product_type(
                session, WantedType(code, known.name, codes, wanted), self.admin, MONDAY_NINE
            )


@pytest.fixture
async def lender(own_database: Database) -> Lender:
    async with own_database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        return Lender(own_database, branch, await a_person(session, branch, Role.ADMIN))


SECTIONS: Mapping[str, tuple[int, str]] = {
    "individual_loan": (90, "B4"), "group_loan": (90, "B4"), "invoice": (90, "D91"),
    "utility_bill": (60, "U61"), "insurance_premium": (30, "LAPSED"),
}  # fmt: skip


async def test_each_product_goes_over_to_recovery_where_its_terms_say(lender: Lender) -> None:
    cases = {
        (product, days): await lender.account(product, days)
        for product, (last, _) in SECTIONS.items()
        for days in (last - 1, last, last + 1)
    }
    await lender.begin(MONDAY)
    for (product, days), case in cases.items():
        last, worst = SECTIONS[product]
        found = await lender.case(case)
        assert (found.product_type, found.dpd) == (product, days)
        assert found.section == ("overdue" if days <= last else "recovery"), (product, days)
        assert (found.bucket == worst) == (days > last), (product, days)


async def test_a_boundary_that_is_changed_counts_from_the_next_day_on(lender: Lender) -> None:
    today = [await lender.account("individual_loan", days) for days in (89, 90, 91)]
    await lender.begin(MONDAY)
    changed = await lender.change("individual_loan", last_overdue=45)
    assert [v.since for v in changed.versions] == [MONDAY + timedelta(days=1), date(1970, 1, 1)]
    assert [(await lender.case(c)).section for c in today] == ["overdue", "overdue", "recovery"]
    tomorrow = [
        await lender.account("individual_loan", days, MONDAY + timedelta(days=1))
        for days in (44, 45, 46)
    ]
    await lender.begin(MONDAY + timedelta(days=1))
    assert [(await lender.case(c)).section for c in tomorrow] == ["overdue", "overdue", "recovery"]
    assert {(await lender.case(c)).section for c in today} == {"recovery"}
    again = await lender.change("individual_loan", last_overdue=45)
    assert len(again.versions) == 2


async def test_a_day_that_has_begun_keeps_its_terms(lender: Lender) -> None:
    await lender.begin(MONDAY)
    async with lender.database.transaction(EVERYTHING) as session:
        known = await product_type(session, "card")
        wanted = WantedType("card", "Card", (), Terms(), since=MONDAY)
        with pytest.raises(InvalidField, match="2026-11-24 or later"):
            await set_product_type(session, wanted, lender.admin, MONDAY_NINE)
        assert known.on(MONDAY).version == 1
    with pytest.raises(IntegrityError, match="keeps its terms"):
        await lender.ask(
            "INSERT INTO product_terms SELECT (jsonb_populate_record(t, jsonb_build_object("
            "'version', 2, 'since', CAST(:day AS date)))).* FROM product_terms t"
            " WHERE product_type = 'card' RETURNING 1",
            day=MONDAY,
        )


@pytest.mark.parametrize(
    ("due", "day", "dpd", "bucket", "asset_class"),
    [
        (date(2021, 3, 31), date(2021, 3, 31), 1, "B1", "sma_0"),
        (date(2021, 3, 31), date(2021, 4, 30), 31, "B2", "sma_1"),
        (date(2021, 3, 31), date(2021, 5, 30), 61, "B3", "sma_2"),
        (date(2021, 3, 31), date(2021, 6, 29), 91, "B4", "npa"),
        (date(2021, 12, 1), date(2022, 3, 1), 91, "B4", "npa"),
    ],
)
async def test_a_loan_by_day_end_is_classed_on_the_days_that_were_published(
    lender: Lender, due: date, day: date, dpd: int, bucket: str, asset_class: str
) -> None:
    case = await lender.account("vehicle_loan", (day - due).days, day)
    exclusive = await lender.account("individual_loan", (day - due).days, day)
    await lender.begin(day)
    found = await lender.case(case)
    assert (found.dpd, found.bucket, found.asset_class) == (dpd, bucket, asset_class)
    assert (await lender.case(exclusive)).dpd == dpd - 1


async def test_a_card_is_as_late_as_its_months_are(lender: Lender) -> None:
    day = date(2026, 3, 6)
    cases = [await lender.account("card", (day - due).days, day) for due in (
        date(2026, 3, 6), date(2026, 3, 5), date(2026, 2, 6), date(2026, 2, 5), date(2025, 12, 6),
        date(2025, 12, 5),
    )]  # fmt: skip
    await lender.begin(day)
    found = [await lender.case(case) for case in cases]
    assert [c.bucket for c in found] == ["X", "M1", "M1", "M2", "M3", "M4"]
    assert [c.section for c in found][-2:] == ["overdue", "recovery"]


async def test_cases_move_on_with_the_days_and_never_back(lender: Lender) -> None:
    back = await lender.account("vehicle_loan", 3, stage="field")
    court = await lender.account("vehicle_loan", 60, stage="legal")
    on = await lender.account("vehicle_loan", 40, stage="risk_watch")
    await lender.begin(MONDAY)
    assert await lender.stages(back) == await lender.stages(court) == []
    assert (await lender.case(on)).stage == "field"
    [change] = await lender.ask(
        "SELECT reason, changed_by FROM stage_change WHERE case_id = :id", id=on.case_id
    )
    assert tuple(change) == ("41 days past due", None)


async def test_a_case_of_which_nothing_is_overdue_any_more_closes_and_the_next_miss_opens_it(
    lender: Lender,
) -> None:
    cured = await lender.account("vehicle_loan", 10, stage="multi_channel")
    owes = await lender.account("vehicle_loan", 10, stage="multi_channel")
    visited = await lender.account("group_loan", 10)
    court = await lender.account("vehicle_loan", 10, stage="legal")
    ended = await lender.account("group_loan", 10)
    for case in (cured, visited, court, ended):
        await lender.pay(case)
    await lender.ask(
        "INSERT INTO installment_plan (account_id, branch_id, first_on, every, unit, installments,"
        " principal_minor, interest_minor, next_no) VALUES (:account, :branch, '2026-01-01', 1,"
        " 'month', 4, 400, 40, 5) RETURNING 1",
        account=ended.account_id, branch=lender.branch,
    )  # fmt: skip
    await lender.close_cured(False)
    await lender.begin(MONDAY)
    assert await lender.stages(cured) == []
    await lender.close_cured(True)
    await lender.begin(MONDAY + timedelta(days=1))
    found = await lender.ask(
        "SELECT case_id, closure, reason, changed_by FROM stage_change WHERE to_stage = 'closed'"
    )
    assert {tuple(r) for r in found} == {
        (cured.case_id, "reinstated", "Nothing is overdue any more", None),
        (ended.case_id, "paid_in_full", "All installments are paid", None),
    }
    # What is visited whether it is late or not goes on, and people decide on what is at court.
    for case, stage in ((owes, "multi_channel"), (visited, "field"), (court, "legal")):
        assert (await lender.case(case)).stage == stage
    await lender.ask(
        "INSERT INTO demand (id, branch_id, account_id, due_on, principal_minor, interest_minor,"
        " charges_minor, penal_minor, total_minor) VALUES (gen_random_uuid(), :branch, :account,"
        " '2026-11-25', 900, 0, 0, 0, 900) RETURNING 1",
        branch=lender.branch, account=cured.account_id,
    )  # fmt: skip
    await lender.begin(MONDAY + timedelta(days=4))
    again = await lender.case(cured)
    assert (again.stage, again.closed_at, again.closure) == ("reminder", None, None)
    assert await lender.stages(cured) == ["closed", "reminder"]


async def test_a_case_goes_the_whole_way_by_allowed_changes(lender: Lender) -> None:
    case = await lender.account("vehicle_loan", -2, stage="pre_due")
    late = await lender.account("vehicle_loan", 17, stage="pre_due")
    way = ["due", "reminder", "multi_channel", "risk_watch", "field"]
    # The day that it falls due counts at its end: two days on it is one day late.
    for days, stages in ((0, 0), (1, 0), (2, 2), (9, 3), (17, 4), (32, 5)):
        await lender.begin(MONDAY + timedelta(days=days))
        assert await lender.stages(case) == way[:stages], days
    assert await lender.stages(late) == way


async def test_thresholds_are_data_of_the_product(lender: Lender) -> None:
    await lender.change("vehicle_loan", stages={Stage.FIELD: 2})
    cases = [await lender.account("VEHICLE_LOAN", days) for days in (0, 1)]
    await lender.begin(MONDAY)
    assert [(await lender.case(c)).stage for c in cases] == ["field", "field"]


async def test_a_lenders_own_code_means_a_product_type_from_the_next_day_on(
    lender: Lender,
) -> None:
    case = await lender.account("UT-9", 3)
    await lender.begin(MONDAY)
    assert (await lender.case(case)).product_type == "individual_loan"
    changed = await lender.change("utility_bill", ("ut-9",))
    assert changed.lender_codes == ["UT-9"]
    await lender.begin(MONDAY + timedelta(days=1))
    assert (await lender.case(case)).product_type == "utility_bill"
    with pytest.raises(InvalidField, match=r"UT-9 \(of utility_bill\)"):
        await lender.change("card", ("UT-9",))
    await lender.change("utility_bill")


async def test_an_unknown_code_is_what_the_branch_says(lender: Lender) -> None:
    await lender.ask(
        "INSERT INTO policy (branch_id, key, value, set_at, set_by)"
        " VALUES (:branch, 'product_type', '\"group_loan\"', :at, :by) RETURNING 1",
        branch=lender.branch, at=MONDAY_NINE, by=lender.admin,
    )  # fmt: skip
    case = await lender.account("NOBODY-KNOWS", 3)
    await lender.begin(MONDAY)
    assert (await lender.case(case)).product_type == "group_loan"


async def test_only_who_sees_the_whole_lender_changes_product_types(lender: Lender) -> None:
    async with lender.database.transaction(EVERYTHING) as session:
        below = await a_branch(session, parent_code=await _code(session, lender.branch))
    async with lender.database.transaction(Scope((below,))) as session:
        wanted = WantedType("card", "Card", (), Terms())
        with pytest.raises(NotTheWholeLender):
            await set_product_type(session, wanted, lender.admin, MONDAY_NINE)


async def _code(session: Any, branch: UUID) -> str:
    [found] = await rows(session, "SELECT code FROM branch WHERE id = :id", id=branch)
    return str(found.code)
