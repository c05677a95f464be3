"""Measures: what can be counted of a day and added up, over days, agents and branches."""

from enum import StrEnum


class Measure(StrEnum):
    """A column of the facts of days. Flows add up over days; `LEVELS` stand at a day's end."""

    COLLECTED_CASH = "collected_cash_minor"
    COLLECTED_CARD = "collected_card_minor"
    COLLECTED_TRANSFER = "collected_transfer_minor"
    COLLECTED_UPI = "collected_upi_minor"
    COLLECTED_CHEQUE = "collected_cheque_minor"
    COLLECTED_MOBILE = "collected_mobile_minor"
    RECEIPTS = "receipts"
    PAID_CURRENT = "paid_current_minor"
    PAID_ARREARS = "paid_arrears_minor"
    DEMAND = "demand_minor"
    DEPOSITED = "deposited_minor"
    PROMISES_MADE = "promises_made"
    PROMISED = "promised_minor"
    PROMISES_KEPT = "promises_kept"
    PROMISES_PART_KEPT = "promises_part_kept"
    PROMISES_BROKEN = "promises_broken"
    PROMISES_SETTLED = "promises_settled_minor"
    PROMISES_PAID = "promises_paid_minor"
    VISITS_PLANNED = "visits_planned"
    VISITS_AS_PLANNED = "visits_as_planned"
    VISITS_DONE = "visits_done"
    VISITS_VERIFIED = "visits_verified"
    VISITS_PRODUCTIVE = "visits_productive"
    AGENT_DAYS = "agent_days"
    RIDDEN = "ridden_m"
    CASES = "cases"
    CASES_LATE = "cases_late"
    OVERDUE = "overdue_minor"
    IN_HAND = "in_hand_minor"
    COST = "cost_minor"
    VISITS_MEASURED = "visits_measured"


LEVELS = frozenset({Measure.CASES, Measure.CASES_LATE, Measure.OVERDUE, Measure.IN_HAND})
"""What stands at the end of a day: of many days the last one counts."""

COLLECTED = (
    Measure.COLLECTED_CASH, Measure.COLLECTED_CARD, Measure.COLLECTED_TRANSFER,
    Measure.COLLECTED_UPI, Measure.COLLECTED_CHEQUE, Measure.COLLECTED_MOBILE,
)  # fmt: skip
_READ = frozenset({Measure.COST, Measure.VISITS_MEASURED})
KEPT = tuple(measure for measure in Measure if measure not in _READ)
"""The columns of the table of facts. Costs are rows of their own, spread over the days when read;
visits whose ways were measured are those of ended days."""
