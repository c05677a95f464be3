"""A branch with an agent who deposits at the bank, and the bank's statements, over HTTP."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from core.ids import new_id
from tests.api.cash_field import NINE, Field
from tests.api.conftest import bearer

MONDAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Booked:
    """A line of the bank: pesos, and what it says. `mark` is C, D or RC."""

    amount: int
    reference: str = "NONREF"
    text: str = "CASH DEP"
    day: int = 0
    mark: str = "C"
    bank_id: str = ""

    @property
    def signed(self) -> int:
        return self.amount if self.mark == "C" else -self.amount


def mt940(*lines: Booked, number: str, opening: int = 0, lost: int = 0, note: str = "") -> bytes:
    """A statement of these lines; `lost` is what its closing balance is wrong by."""

    def balance(tag: str, amount: int, day: date) -> str:
        return f":{tag}:{'C' if amount >= 0 else 'D'}{day:%y%m%d}CLP{abs(amount)},"

    days = [MONDAY + timedelta(days=line.day) for line in lines] or [MONDAY]
    rows = [
        f":61:{day:%y%m%d%m%d}{line.mark}{line.amount},NTRF{line.reference}"
        f"{'//' + line.bank_id if line.bank_id else ''}\n:86:{line.text}"
        for day, line in zip(days, lines, strict=False)
    ]
    closing = opening + sum(line.signed for line in lines) + lost
    return "\n".join(
        [
            f":20:S{note}",
            f":25:{number}",
            ":28C:1/1",
            balance("60F", opening, days[0] - timedelta(days=1)),
            *rows,
            balance("62F", closing, days[-1]),
            "-",
        ]
    ).encode()


@dataclass
class Bank:
    """An account of the field's branch at a bank."""

    field: Field
    id: UUID
    number: str

    async def ask(self, method: str, what: str, **sent: Any) -> Any:
        return await self.field.client.request(
            method, f"/v1/{what}", headers=bearer(self.field.desk), **sent
        )

    async def send(self, content: bytes, name: str = "statement.sta", **told: Any) -> Any:
        return await self.ask("POST", "statement-files", files={"file": (name, content)}, data=told)

    async def take_in(self, *lines: Booked, **how: Any) -> dict[str, Any]:
        answer = await self.send(mt940(*lines, number=self.number, **how))
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "done"
        report: dict[str, Any] = answer.json()["report"]
        return report

    async def open(self) -> dict[str, Any]:
        answer = await self.ask("GET", f"bank-accounts/{self.id}/open-items")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def matches(self, state: str = "proposed") -> list[dict[str, Any]]:
        answer = await self.ask("GET", f"bank-accounts/{self.id}/matches?state={state}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def deposit(self, minor: int, slip: str, **more: Any) -> str:
        """A deposit at the bank, of cash that was taken before."""
        paid = await self.field.pay(minor)
        assert paid.status_code == 200, paid.text
        made = await self.field.deposit(minor, target="bank", slip_no=slip, **more)
        assert made.status_code == 200, made.text
        id_: str = made.json()["id"]
        return id_

    async def in_ledger(self, account: str) -> int:
        [row] = await self.field.ask(
            "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting"
            " WHERE ledger_account = :account AND branch_id = :branch",
            account=account,
            branch=self.field.branch,
        )
        return int(row[0])


async def a_bank(field: Field, number: str | None = None, **more: Any) -> Bank:
    id_ = new_id()
    number = number or str(id_.int)[-12:].lstrip("0")
    body = {"number": number, "name": "Main account", "currency": "CLP"} | more
    answer = await field.client.put(
        f"/v1/bank-accounts/{id_}", json=body, headers=bearer(field.desk)
    )
    assert answer.status_code == 200, answer.text
    return Bank(field, id_, number)


__all__ = ["NINE", "Bank", "Booked", "a_bank", "mt940"]
