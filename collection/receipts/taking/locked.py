"""What several receipts are decided on, one after the other: what one leaves, the next finds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from collection.custody.till import Till
from collection.portfolio.waterfall import OpenDemand
from collection.receipts.payer_day import PayerDay, check_below
from collection.receipts.receipt import Number
from collection.receipts.report import ReceiptReport
from collection.receipts.store import CaseToPay
from collection.receipts.taking.taken import Held, Taken, checked, take
from core.money import Money


class Locked:
    """Tills, series by agent, accounts with their open demands, and payers with their cash of a
    day, all locked until the end."""

    def __init__(
        self,
        tills: Iterable[Till],
        numbers: Mapping[UUID, Number],
        demands: Mapping[UUID, Sequence[OpenDemand]],
        cash: Mapping[PayerDay, Money],
    ) -> None:
        self._tills = {till.agent_id: till for till in tills}
        self._numbers = dict(numbers)
        self._demands = dict(demands)
        self._cash = dict(cash)
        self._dpd: dict[UUID, int] = {}

    def holds(self, report: ReceiptReport, case: CaseToPay) -> bool:
        """Whether all is among them that a receipt is decided on."""
        day = limited(report, case)
        return case.account_id in self._demands and (day is None or day in self._cash)

    def take(self, agent_id: UUID, report: ReceiptReport, case: CaseToPay, now: datetime) -> Taken:
        """The receipt of a report without a lease, on what those before it have left. Raises as
        `checked`, `check_below` and `take`; then nothing has changed."""
        if case.account_id in self._dpd:
            case = replace(case, dpd=self._dpd[case.account_id])
        report, mode = checked(report, case, now)
        if day := limited(report, case):
            check_below(self._cash[day], report.amount, case.policies.cash_per_payer_below)
        held = Held(self._tills[agent_id], self._numbers[agent_id], self._demands[case.account_id])
        return take(report, mode, case, held, now)

    def go_on_from(self, taken: Taken) -> None:
        """Have the next ones find what this receipt leaves."""
        account_id = taken.case.account_id
        self._tills[taken.agent_id] = taken.held.till
        self._numbers[taken.agent_id] = taken.held.number
        self._demands[account_id] = taken.held.demands
        self._dpd[account_id] = taken.payment.standing.dpd
        if day := limited(taken.report, taken.case):
            self._cash[day] += taken.report.amount


def limited(report: ReceiptReport, case: CaseToPay) -> PayerDay | None:
    """Whose cash of which day is to stay below a sum; None where there is no such limit."""
    if report.mode != "cash" or not case.policies.cash_per_payer_below:
        return None
    return PayerDay.of(case.customer_id, case.currency, report.taken_at, case.zone)
