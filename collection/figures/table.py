"""Tables of cells, for files that people open elsewhere; a report as one."""

from dataclasses import dataclass
from decimal import Decimal

from collection.figures.figure import Unit
from collection.figures.period import Grouping
from collection.figures.read_figures import FiguresReport, FiguresRow
from core.money import Money

Cell = str | float | int | Decimal | None
"""An amount of money is a `Decimal` with as many decimals as its currency has."""

_NAMES = {
    Grouping.DAY: "Day", Grouping.WEEK: "Week of", Grouping.MONTH: "Month of",
    Grouping.BRANCH: "Branch", Grouping.AGENT: "Agent", Grouping.PRODUCT: "Product",
    Grouping.ALL: "",
}  # fmt: skip
_NOBODY = {Grouping.AGENT: "At the branch", Grouping.PRODUCT: "Without product"}


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, and rows of as many cells."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def as_table(report: FiguresReport) -> Table:
    """The report with money in major units, ways in kilometers and shares in percent.

    Behind each figure with targets stands its target; the last row is the total.
    """
    asked = report.question
    targeted = {name for row in (*report.rows, report.total) for name in row.targets}
    heads = [_NAMES[asked.grouping]]
    for figure in report.figures:
        heads.append(figure.label + _suffix(figure.unit, asked.currency))
        if figure.name in targeted:
            heads.append(f"{figure.label}, target")

    def cells(row: FiguresRow, label: str) -> tuple[Cell, ...]:
        told: list[Cell] = [label]
        for figure in report.figures:
            told.append(_cell(row.values[figure.name], figure.unit, asked.currency))
            if figure.name in targeted:
                told.append(_cell(row.targets.get(figure.name), figure.unit, asked.currency))
        return tuple(told)

    rows = [
        cells(row, row.label or row.key or _NOBODY.get(asked.grouping, "")) for row in report.rows
    ]
    title = f"Figures {asked.first} to {asked.last}" + (f", {asked.branch}" if asked.branch else "")
    return Table(title, tuple(heads), (*rows, cells(report.total, "Total")))


def _suffix(unit: Unit, currency: str) -> str:
    return {Unit.MONEY: f" ({currency})", Unit.DISTANCE: " (km)", Unit.SHARE: " (%)"}.get(unit, "")


def _cell(value: float | int | None, unit: Unit, currency: str) -> Cell:
    if value is None:
        return None
    if unit is Unit.MONEY:
        return Money(round(value), currency).units
    if unit is Unit.DISTANCE:
        return round(value / 1000, 1)
    if unit is Unit.SHARE:
        return round(value * 100, 1)
    return value if isinstance(value, int) else round(value, 2)
