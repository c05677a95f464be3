"""What earlier versions of the agents' app sent, as they sent it, and what servers kept of it.

A phone may hold such records for days, and one that was stored before an upgrade may be sent again
after it.
"""

from typing import Any

CASE = "01a21d00-0000-7000-8000-00000000000c"
CHECK_IN = "01a21d00-0000-7000-8000-0000000000c1"
LEASE = "01a21d00-0000-7000-8000-00000000000d"
FIX = {"lat": -29.9027, "lon": -71.2519, "accuracy_m": 8, "captured_at": "2026-11-23T11:59:50.000Z"}
MONEY = {"amount_minor": 12000, "currency": "CLP"}
RECEIPT: dict[str, Any] = {
    "case_id": CASE, "amount": MONEY, "mode": "cash", "mode_reference": None,
    "taken_at": "2026-11-23T12:00:05.000Z", "fix": FIX,
}  # fmt: skip
NOTES = [{"face_minor": 10000, "count": 1}, {"face_minor": 1000, "count": 2}]

FIRST: list[tuple[str, str, dict[str, Any]]] = [
    ("check_in", "check-ins", {"case_id": CASE, "fix": FIX,
                               "device_time": "2026-11-23T12:00:00.000Z"}),
    ("receipt", "receipts", RECEIPT),
    ("promise", "promises", {"case_id": CASE, "amount": MONEY, "due_on": "2026-11-24",
                             "made_at": "2026-11-23T12:00:06.000Z"}),
    ("check_out", "check-outs", {"check_in_id": CHECK_IN, "fix": FIX, "outcome": "part_paid",
                                 "device_time": "2026-11-23T12:00:08.000Z"}),
    ("deposit", "deposits", {"amount": MONEY, "denominations": NOTES, "target": "branch",
                             "deposited_at": "2026-11-23T12:00:09.000Z"}),
]  # fmt: skip
"""Kind, path and body of each record of the first version, which sent them one by one."""

UNDER_LEASE = {"offline": {"lease_id": LEASE, "number": 1}}
SECOND = [
    (kind, path, body | UNDER_LEASE if kind == "receipt" else body) for kind, path, body in FIRST
]
"""The second one sent them together, and cash under a lease."""

HASHES = {
    "check_in": "d2c7e95298c4dde771fbfae7d75b3868d8a1e6031db8343a7206e5a4b00228b0",
    "promise": "1cc86e85b82ea4ab14415c6f60f33b91287b79af5ffb64f021f27ab3afd0fa2e",
    "check_out": "cc72b001910cdaa2c708285ed0121a2d4fdf91aa8f165dfe5dca1263d939108c",
    "deposit": "2fcfd6db81c67d77f061e236e8e963162f7a8bd7191c30e523da094673bdd727",
}
"""Of the bodies above, as the servers of then reckoned them."""
FIRST_RECEIPT_HASH = "0a1597dcb579fd360dd55dad84c75e35e9e6fc56a170aebf45b344e3e557fa32"
SECOND_RECEIPT_HASH = "9b6441c3a5bbd8162daa7d0eb8044e6bf98d085697f439b44666995b35531436"
