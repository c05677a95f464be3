"""What several receipts are decided on, one after the other: what one leaves, the next finds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from collection.custody.till import Till
from collection.portfolio.waterfall import OpenDemand
from collection.receipts.receipt import Number
from collection.receipts.report import ReceiptReport
from collection.receipts.store import CaseToPay
from collection.receipts.taking.taken import Held, Taken, checked, take


class Locked:
    """Tills, series by agent, and accounts with their open demands, all locked until the end."""

    def __init__(
        self,
        tills: Iterable[Till],
        numbers: Mapping[UUID, Number],
        demands: Mapping[UUID, Sequence[OpenDemand]],
    ) -> None:
        self._tills = {till.agent_id: till for till in tills}
        self._numbers = dict(numbers)
        self._demands = dict(demands)
        self._dpd: dict[UUID, int] = {}

    def holds(self, account_id: UUID) -> bool:
        """Whether an account is among them."""
        return account_id in self._demands

    def take(self, agent_id: UUID, report: ReceiptReport, case: CaseToPay, now: datetime) -> Taken:
        """The receipt of a report without a lease, on what those before it have left. Raises as
        `checked` and as `take`; then nothing has changed."""
        case = replace(case, dpd=self._dpd.get(case.account_id, case.dpd))
        report, mode = checked(report, case, now)
        held = Held(self._tills[agent_id], self._numbers[agent_id], self._demands[case.account_id])
        return take(report, mode, case, held, now)

    def go_on_from(self, taken: Taken) -> None:
        """Have the next ones find what this receipt leaves."""
        account_id = taken.case.account_id
        self._tills[taken.agent_id] = taken.held.till
        self._numbers[taken.agent_id] = taken.held.number
        self._demands[account_id] = taken.held.demands
        self._dpd[account_id] = taken.payment.standing.dpd
