"""The demonstration's centers: neighbors who meet in the morning and pay at one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.clock import Clock
from core.geometry import LatLon
from core.ids import new_id
from demo.door import drawn, notes_of
from demo.motion import Phone
from demo.notes import cause
from demo.portfolio import BRANCHES, CURRENCY
from demo.wire import Wire

MEMBERS, GROUP = 12, 6
MEETS_AT = "09:30"
MEETING_S = (1200.0, 1800.0)
ATTENDANCE = (
    ("present", 0.74), ("late", 0.10), ("absent", 0.08), ("leave", 0.05), ("approved", 0.03),
)  # fmt: skip
PAYS_SHARE, PART_SHARE = 0.9, 0.15
CASH_SHARE_OF_ROOM = 0.8
"""Cash is taken up to so much of the till's room; the others pay by transfer."""

NAMES = {
    "LS": ("Las Compañías", "Sede vecinal Las Compañías"),
    "CQ": ("Tierras Blancas", "Club de madres"),
}


@dataclass(frozen=True, slots=True)
class DemoCenter:
    """A center, the groups of its members by code, and where they meet."""

    branch_code: str
    name: str
    place: str
    at: LatLon
    groups: Mapping[str, tuple[str, ...]]

    @property
    def customers(self) -> tuple[str, ...]:
        """All members, by the lender's numbers."""
        return tuple(ref for members in self.groups.values() for ref in members)


def centers_of(rows: Sequence[Mapping[str, str]]) -> tuple[DemoCenter, ...]:
    """A center in each branch: the customers of a demand file who live nearest to the one with the
    nearest neighbors."""
    return tuple(
        _center(code, [row for row in rows if row["branch_code"] == code and row["lat"]])
        for code, _, _ in BRANCHES
    )


def _center(code: str, rows: Sequence[Mapping[str, str]]) -> DemoCenter:
    doors = np.array([(float(row["lat"]), float(row["lon"])) for row in rows])
    apart = np.hypot(*(doors[:, None, :] - doors[None, :, :]).transpose(2, 0, 1))
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :MEMBERS]
    middle = int(np.take_along_axis(apart, nearest, axis=1).sum(axis=1).argmin())
    refs = [rows[n]["customer_id"] for n in nearest[middle].tolist()]
    name, place = NAMES[code]
    groups = {f"G{n // GROUP + 1}": tuple(refs[n : n + GROUP]) for n in range(0, len(refs), GROUP)}
    return DemoCenter(code, name, place, LatLon(*doors[middle].tolist()), groups)


@dataclass(slots=True)
class Meeting:
    """Holds the meeting of a center and submits its sheet."""

    wire: Wire
    phone: Phone
    clock: Clock
    rng: np.random.Generator
    unsaid_share: float = 0.0

    async def waiting(self) -> list[dict[str, Any]]:
        """The centers that meet today and have no sheet yet."""
        found = (await self.wire.call("GET", "/v1/agent/centers")).json()
        centers = [one["center"] for one in found if one["attendance"] is None]
        return [center for center in centers if center["location"]]

    async def submit(self, center_id: str) -> None:
        """Take down who came and what they paid."""
        sheet = (await self.wire.call("GET", f"/v1/agent/centers/{center_id}/sheet")).json()
        till = (await self.wire.call("GET", "/v1/agent/till")).json()
        room_minor = int(till["headroom"]["amount_minor"] * CASH_SHARE_OF_ROOM)
        members, cash_minor = [], 0
        for member in (m for group in sheet["groups"] for m in group["members"]):
            attendance = drawn(ATTENDANCE, self.rng)
            receipts = []
            for case in member["cases"] if attendance in ("present", "late") else ():
                receipt = self._receipt(case, room_minor - cash_minor)
                if receipt:
                    receipts.append(receipt)
                    cash_minor += receipt["amount"]["amount_minor"] * (receipt["mode"] == "cash")
            members.append({"customer_id": member["customer_id"], "attendance": attendance,
                            "receipts": receipts})  # fmt: skip
        now = self.clock.now()
        body = {
            "center_id": center_id, "held_at": now.isoformat(), "fix": self.phone.fix(now),
            "members": members,
            "denominations": [
                {"face_minor": face, "count": count} for face, count in notes_of(cash_minor)
            ],
        }  # fmt: skip
        if members:
            await self.wire.call("PUT", f"/v1/agent/center-meetings/{new_id()}", body)

    def _receipt(self, case: Mapping[str, Any], room_minor: int) -> dict[str, Any] | None:
        """What a member pays on a case: mostly all of it, by transfer where the till is full."""
        left_minor = case["amounts"]["left"]["amount_minor"]
        share = 0.5 if self.rng.random() < PART_SHARE else 1.0
        minor = int(left_minor * share) // 10 * 10
        if minor <= 0 or self.rng.random() >= PAYS_SHARE:
            return None
        receipt: dict[str, Any] = {
            "id": str(new_id()), "case_id": case["case_id"], "mode": "cash",
            "amount": {"amount_minor": minor, "currency": CURRENCY},
        }  # fmt: skip
        if minor > room_minor:
            digits = "".join(str(digit) for digit in self.rng.integers(0, 10, 12))
            receipt |= {"mode": "transfer", "mode_reference": digits}
        if share < 1 and self.rng.random() >= self.unsaid_share:
            receipt["cause"] = cause(self.rng)
        return receipt
