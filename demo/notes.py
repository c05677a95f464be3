"""What an agent notes of a visit: what came of it, why less was paid, and what comes next."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from demo.door import Encounter, drawn

CAUSES = (
    ("amount_in_parts", 0.30), ("income_late", 0.22), ("income_season", 0.10),
    ("household_expense", 0.12), ("household_illness", 0.10), ("debts_many", 0.08),
    ("income_lost", 0.05), ("lender_not_booked", 0.03),
)  # fmt: skip
"""Codes of the list ``cause`` as the product ships it, each with its share."""

WORDS = {
    "amount_in_parts": "Paga una cuota ahora y el resto a fin de mes",
    "income_late": "Todavía no le pagan el sueldo",
    "income_season": "Temporada baja, vende poco",
    "household_expense": "Gastó en la matrícula de los hijos",
    "household_illness": "Tiene a su madre hospitalizada",
    "debts_many": "Tiene otros dos créditos",
    "income_lost": "Cerró el negocio",
    "lender_not_booked": "Dice que la transferencia de la semana pasada no aparece",
    "refused_unwilling": "No quiere pagar",
    "refused_service": "Reclama por el seguro cobrado",
    "refused_other_lender": "Primero paga al banco",
}
REFUSALS = (("refused_unwilling", 0.5), ("refused_service", 0.2), ("refused_other_lender", 0.3))
AWAY = (("door_locked", 0.8), ("no_access", 0.2))
CARELESS_EVERY, CARELESS_SHARE = 4, 0.12
"""One agent in so many leaves so many causes unsaid; the others none."""


def unsaid_share(number: int) -> float:
    """How many causes the agent of a number leaves unsaid."""
    return CARELESS_SHARE if number % CARELESS_EVERY == CARELESS_EVERY - 1 else 0.0


def cause(rng: np.random.Generator) -> dict[str, str]:
    """Why less was paid than was due, as the API takes it."""
    code = drawn(CAUSES, rng)
    return {"code": code, "note": WORDS[code]}


def disposition(happened: Encounter, today: date, rng: np.random.Generator) -> dict[str, Any]:
    """What came of a visit in codes of the list ``visit`` as shipped, and what comes next."""
    if happened.outcome == "not_home":
        result = drawn(AWAY, rng)
        return {"contact": "met_nobody", "result": result} | _next("visit", today, (1, 4), rng)
    met = {"contact": "met_customer", "person": "customer"}
    if happened.outcome == "refused":
        why = drawn(REFUSALS, rng)
        met |= {"result": "refused", "reason": why, "note": WORDS[why]}
        met |= {"intent": "unwilling", "ability": "able"}
        because = {"cause": {"code": "attitude_unwilling", "note": WORDS[why]}}
        return met | because | _next("supervisor", today, (1, 4), rng)
    if happened.outcome == "part_paid":
        met |= {"result": "paid_part", "intent": "willing", "ability": "partly"}
        return met | _next("visit", today, (5, 10), rng)
    if happened.outcome == "promised" and happened.word:
        met |= {"result": "promised", "intent": "willing", "ability": "partly"}
        waits = {"kind": "await_payment", "due_on": happened.word.due_on.isoformat()}
        return met | {"cause": cause(rng), "next_action": waits}
    # Paid, or nothing was left to promise.
    met |= {"result": "paid", "intent": "willing", "ability": "able"}
    return met | _next("await_payment", today, (20, 30), rng)


def _next(
    kind: str, today: date, days: tuple[int, int], rng: np.random.Generator
) -> dict[str, dict[str, str]]:
    """A next action so many days ahead: from the first, before the last."""
    due_on = today + timedelta(days=int(rng.integers(*days)))
    return {"next_action": {"kind": kind, "due_on": due_on.isoformat()}}
