"""A sample file of each trade, taken in, through the beginning of a day, and paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from collection.portfolio.day.begin_days import begin_day_of
from collection.portfolio.geocode import nowhere
from collection.portfolio.import_demand import ImportReport, NewDemandFile, import_demand
from collection.receipts.collect_at_desk import DeskReport, collect_at_desk
from collection.receipts.errors import PartNotTaken
from collection.receipts.receipt import Receipt
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from identity.store import BranchView, branches
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person

SAMPLES = Path(__file__).parent / "samples"
SUNDAY, MONDAY = date(2026, 11, 22), MONDAY_NINE.date()
ZONE = ZoneInfo("America/Santiago")


@dataclass
class Lender:
    """A branch, somebody at its desk, and the one database of this file's tests."""

    database: Database
    branch: BranchView
    cashier: UUID

    async def load(self, content: str) -> ImportReport:
        file = content.replace("@BRANCH@", self.branch.code).encode()
        async with self.database.transaction(EVERYTHING) as session:
            new = NewDemandFile(file, "sample.csv", SUNDAY)
            return await import_demand(session, self.branch, new, MONDAY_NINE, nowhere)

    async def begin(self) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            now = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 0, 5, tzinfo=ZONE)
            assert await begin_day_of(session, self.branch.id, now)

    async def case(self, account: str) -> Any:
        async with self.database.transaction(EVERYTHING) as session:
            [found] = await rows(
                session,
                "SELECT c.*, a.advance_minor FROM case_file c JOIN account a ON a.id = c.account_id"
                " WHERE a.source_ref = :ref",
                ref=account,
            )
            return found

    async def pay(self, case_id: UUID, minor: int) -> Receipt:
        report = DeskReport(
            new_id(), case_id, Money(minor, "CLP"), "transfer", new_id().hex[:12], (), b""
        )  # fmt: skip
        async with self.database.transaction(EVERYTHING) as session:
            return await collect_at_desk(session, self.cashier, self.branch.id, report, MONDAY_NINE)


@pytest.fixture
async def lender(database: Database) -> Lender:
    async with database.transaction(EVERYTHING) as session:
        branch_id = await a_branch(session)
        [branch] = [b for b in await branches(session) if b.id == branch_id]
        return Lender(database, branch, await a_person(session, branch_id, Role.CASH_DESK))


@dataclass(frozen=True)
class Expected:
    """What the day makes of a sample, and where a payment of `pays` goes."""

    opened: str
    stage: str
    dpd: int
    bucket: str
    section: str
    asset_class: str
    pays: int
    heads: Mapping[str, int]
    advance: int = 0
    suspense: int = 0


SAMPLE: Mapping[str, Expected] = {
    "group_loan": Expected(
        "field", "field", 7, "B1", "overdue", "sma_0", 12_000,
        {"interest": 1_000, "principal": 9_000, "next interest": 1_000, "next principal": 1_000},
    ),
    "individual_loan": Expected(
        "field", "field", 30, "B1", "overdue", "sma_0", 5_000,
        {"charges": 500, "penal": 1_500, "interest": 3_000},
    ),
    "vehicle_loan": Expected(
        "field", "field", 32, "B2", "overdue", "sma_1", 500_000,
        {"interest": 45_000, "principal": 180_000, "penal": 2_500, "next interest": 45_000,
         "next principal": 180_000}, advance=47_500,
    ),
    "housing_loan": Expected(
        "field", "field", 91, "B4", "recovery", "npa", 740_000,
        {"interest": 310_000, "principal": 420_000, "penal": 9_000}, suspense=1_000,
    ),
    "card": Expected(
        "risk_watch", "risk_watch", 79, "M3", "overdue", "sma_2", 5_000,
        {"charges": 4_000, "interest": 1_000},
    ),
    "invoice": Expected(
        "field", "field", 95, "D91", "recovery", "standard", 1_000_000, {"principal": 900_000},
        suspense=100_000,
    ),
    "utility_bill": Expected(
        "field", "field", 53, "U60", "overdue", "standard", 22_500,
        {"charges": 1_500, "principal": 21_000},
    ),
    "insurance_premium": Expected(
        "field", "field", 29, "G30", "overdue", "standard", 66_000, {"principal": 65_000},
        suspense=1_000,
    ),
    "telecom_bill": Expected(
        "multi_channel", "multi_channel", 49, "T2", "overdue", "standard", 20_000,
        {"charges": 900, "principal": 17_000}, advance=2_100,
    ),
}  # fmt: skip


def test_there_is_a_sample_of_each_product_type_that_is_shipped() -> None:
    assert {path.stem for path in SAMPLES.glob("*.csv")} == set(SAMPLE)
    assert len(SAMPLE) == 9


@pytest.mark.parametrize("product", SAMPLE)
async def test_a_sample_of_each_trade(lender: Lender, product: str) -> None:
    expected = SAMPLE[product]
    report = await lender.load((SAMPLES / f"{product}.csv").read_text())
    assert (report.problems, report.rows_loaded) == ((), report.rows_read)
    assert (await lender.case(f"{product}-1")).stage == expected.opened
    await lender.begin()
    case = await lender.case(f"{product}-1")
    assert (case.stage, case.dpd, case.bucket, case.section, case.asset_class) == (
        expected.stage, expected.dpd, expected.bucket, expected.section, expected.asset_class,
    )  # fmt: skip
    paid = await lender.pay(case.id, expected.pays)
    assert (paid.advance.amount_minor, paid.suspense.amount_minor) == (
        expected.advance, expected.suspense,
    )  # fmt: skip
    heads = {
        f"{'next ' if number else ''}{head}": money.amount_minor
        for number, part in enumerate(paid.allocations)
        for head, money in part.heads.items()
    }
    assert heads == expected.heads
    after = await lender.case(f"{product}-1")
    assert after.advance_minor == expected.advance
    assert after.overdue_minor == case.overdue_minor - sum(expected.heads.values())


@pytest.mark.parametrize("product", ["utility_bill", "insurance_premium"])
async def test_some_trades_take_a_due_as_a_whole_or_not_at_all(
    lender: Lender, product: str
) -> None:
    content = (SAMPLES / f"{product}.csv").read_text().replace(f"{product}-1", f"{product}-2")
    await lender.load(content)
    case = await lender.case(f"{product}-2")
    with pytest.raises(PartNotTaken) as refusal:
        await lender.pay(case.id, case.overdue_minor - 1)
    assert refusal.value.field == "amount.amount_minor"
    assert refusal.value.due == Money(case.overdue_minor, "CLP")
    assert (await lender.pay(case.id, case.overdue_minor)).outstanding.amount_minor == 0


async def test_a_code_that_nobody_knows_is_told_row_by_row_and_taken(lender: Lender) -> None:
    content = (SAMPLES / "group_loan.csv").read_text().replace("group_loan", "JLG-7")
    report = await lender.load(content)
    assert report.rows_loaded == 2
    assert [(p.line, p.column, p.value, p.row_kept) for p in report.problems] == [
        (2, "product_code", "JLG-7", True), (3, "product_code", "JLG-7", True),
    ]  # fmt: skip
    assert "individual_loan" in report.problems[0].expected
