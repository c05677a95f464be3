"""What an agent's app sends at a door: check-in, receipt, promise, check-out, what came of it."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import httpx
import numpy as np

from core.clock import Clock, local_day
from core.ids import new_id
from demo.door import Due, Encounter, Payment, Word, encounter, without_cash
from demo.motion import Phone
from demo.notes import cause, disposition
from demo.portfolio import CURRENCY, ZONE
from demo.wire import OK, Wire

FORGETS_SHARE = 0.08
"""So many visits are made without a check-in: the pings must prove them."""

TWICE_SHARE = 0.03
OVER_LIMIT = "/problems/over-cash-limit"


@dataclass(slots=True)
class Caller:
    """Visits customers. `hit_limit` is set when cash had to be refused for the limit."""

    wire: Wire
    phone: Phone
    clock: Clock
    rng: np.random.Generator
    stand: Callable[[float], Awaitable[None]]
    unsaid_share: float = 0.0
    hit_limit: bool = False

    async def visit(self, case_id: str, service_s: float) -> None:
        """A whole visit, from knocking to leaving."""
        case = await self.wire.call("GET", f"/v1/agent/cases/{case_id}", expected={200, 404})
        if case.status_code == 404:
            return  # it moved to another agent this very minute
        due = _due(case.json())
        today = local_day(self.clock.now(), ZONE)
        happens = encounter(due, service_s, today, self.rng)
        check_in_id = None
        if self.rng.random() >= FORGETS_SHARE:
            check_in_id = await self._check_in(case_id)
        talk_s = happens.stay_s * float(self.rng.uniform(0.4, 0.7))
        await self.stand(talk_s)
        if happens.payment and not await self._takes(case_id, happens.payment):
            self.hit_limit = True
            happens = replace(without_cash(happens, due, today, self.rng), stay_s=happens.stay_s)
            if happens.payment:
                await self._takes(case_id, happens.payment)
        if happens.word:
            await self._promise(case_id, happens.word)
        await self.stand(happens.stay_s - talk_s)
        if check_in_id:
            await self._check_out(check_in_id, happens)
        noted = {
            "case_id": case_id,
            "channel": "visit",
            "happened_at": self.clock.now().isoformat(),
        }
        noted |= disposition(happens, today, self.rng)
        await self._fact("dispositions", noted, {200, 404})

    async def _check_in(self, case_id: str) -> str | None:
        now = self.clock.now()
        body = {"case_id": case_id, "device_time": now.isoformat(), "fix": self.phone.fix(now)}
        check_in_id, answer = await self._fact("check-ins", body, {200, 404, 422})
        if answer.status_code == 422:  # so far from the fence it needs a reason
            body["reason"] = "The customer came to meet me"
            check_in_id, answer = await self._fact("check-ins", body, {200, 404})
        return check_in_id if answer.status_code == 200 else None

    async def _check_out(self, check_in_id: str, happens: Encounter) -> None:
        now = self.clock.now()
        body = {
            "check_in_id": check_in_id,
            "device_time": now.isoformat(),
            "fix": self.phone.fix(now),
            "outcome": happens.outcome,
        }
        await self._fact("check-outs", body)

    async def _takes(self, case_id: str, payment: Payment) -> bool:
        """Take a payment; False when it is cash and would pass the limit."""
        now = self.clock.now()
        body = {
            "case_id": case_id,
            "amount": _money(payment.amount_minor),
            "mode": payment.mode,
            "mode_reference": payment.reference,
            "taken_at": now.isoformat(),
            "fix": self.phone.fix(now),
        }
        receipt_id, answer = await self._fact("receipts", body, {200, 409})
        if answer.status_code == 200:
            if answer.json()["asks_cause"] and self.rng.random() >= self.unsaid_share:
                await self._fact("root-causes", {"receipt_id": receipt_id} | cause(self.rng))
            return True
        if answer.status_code == 409 and payment.mode == "cash":
            if answer.json().get("type") == OVER_LIMIT:
                self.wire.tally.cash_limit_refusals += 1
                return False
            self.wire.wrong(answer, body)
        return True

    async def _promise(self, case_id: str, word: Word) -> None:
        body = {
            "case_id": case_id,
            "amount": _money(word.amount_minor),
            "due_on": word.due_on.isoformat(),
            "made_at": self.clock.now().isoformat(),
        }
        await self._fact("promises", body)

    async def _fact(
        self, kind: str, body: dict[str, Any], expected: Collection[int] = OK
    ) -> tuple[str, httpx.Response]:
        """Send a fact under an id of its own; some are sent twice, as on a bad line."""
        fact_id = str(new_id())
        path = f"/v1/agent/{kind}/{fact_id}"
        answer = await self.wire.call("PUT", path, body, expected)
        if answer.status_code == 200 and self.rng.random() < TWICE_SHARE:
            self.wire.tally.sent_twice += 1
            again = await self.wire.call("PUT", path, body, expected)
            if again.json() != answer.json():
                self.wire.wrong(again, body)
        return fact_id, answer


def _due(case: dict[str, Any]) -> Due:
    outstanding = case["case"]["outstanding"]["amount_minor"]
    emi = case["account"]["emi"]
    return Due(
        installment_minor=emi["amount_minor"] if emi else outstanding,
        overdue_minor=case["case"]["overdue"]["amount_minor"],
        outstanding_minor=outstanding,
    )


def _money(amount_minor: int) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": CURRENCY}
