"""Read figures: the groups of a question, their total, and what was to be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collection.figures import store
from collection.figures.figure import Figure
from collection.figures.measure import Measure
from collection.figures.period import PERIODS, Grouping, Question, periods
from collection.figures.targets import store as targets
from data.session import Session

Value = int | float | None


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """A group's figures by name, and the targets of those that have one."""

    key: str
    label: str
    values: Mapping[str, Value]
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class FiguresReport:
    """An answer: the figures of each group, in order, and of all together."""

    question: Question
    figures: Sequence[Figure]
    rows: Sequence[FiguresRow]
    total: FiguresRow


async def read_figures(
    session: Session, question: Question, figures: Sequence[Figure], now: datetime
) -> FiguresReport:
    """The figures in scope. A period without facts has a row, too; others without have none."""
    measures = frozenset(measure for figure in figures for measure in figure.measures)
    found, total = await store.sums(session, question, measures, now)
    wanted = await targets.reached_for(session, question, now)
    by_key = {row.key: row for row in found}
    keys = [*by_key, *(key for key in wanted.groups if key not in by_key)]
    if question.grouping in PERIODS:
        keys = [str(day) for day in periods(question.first, question.last, question.grouping)]
    elif question.grouping is Grouping.ALL:
        keys = []
    rows = [_told(key, figures, measures, by_key.get(key), wanted.groups.get(key)) for key in keys]
    return FiguresReport(question, figures, rows, _told("", figures, measures, total, wanted.total))


def _told(
    key: str,
    figures: Sequence[Figure],
    measures: frozenset[Measure],
    row: store.SumsRow | None = None,
    wanted: targets.Wanted | None = None,
) -> FiguresRow:
    sums: Mapping[str, int] = row.sums if row else {measure.value: 0 for measure in measures}
    label = row.label if row else wanted.label if wanted else ""
    amounts = wanted.amounts if wanted else {}
    return FiguresRow(
        key,
        label,
        {figure.name: figure.value(sums) for figure in figures},
        {figure.name: amounts[figure.name] for figure in figures if figure.name in amounts},
    )
