"""Transactions as a table of cells, for files that people open elsewhere."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from collection.figures.table import Cell, Table
from collection.figures.transactions.transaction import Transaction

HEADS = (
    "Day", "Time", "Zone", "What", "State", "Number or slip", "Customer", "Agent", "Branch",
    "Way of payment", "Amount", "Currency",
)  # fmt: skip


def as_table(transactions: Sequence[Transaction], zones: Mapping[str, str]) -> Table:
    """A row for each, with money in major units and times by the clock of its branch; `zones` are
    by branch code."""
    return Table(
        "Transactions", HEADS, tuple(_cells(one, zones[one.branch]) for one in transactions)
    )


def _cells(one: Transaction, zone: str) -> tuple[Cell, ...]:
    there = one.at.astimezone(ZoneInfo(zone))
    return (
        there.date().isoformat(), f"{there:%H:%M:%S}", zone, _word(one.kind), _word(one.state),
        one.reference or "", one.customer or "", one.agent or "", one.branch, _word(one.mode),
        one.amount.units, one.amount.currency,
    )  # fmt: skip


def _word(code: str) -> str:
    """``in_hand`` as people read it."""
    return code.replace("_", " ")
