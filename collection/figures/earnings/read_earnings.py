"""Read what an agent's day and month are worth to that agent."""

from calendar import monthrange
from datetime import date, datetime
from uuid import UUID

from collection.figures.earnings.earning import Earnings, Goal, conveyance
from collection.figures.figure import FIGURES, TARGETED
from collection.figures.period import Grouping, Question
from collection.figures.read_figures import read_figures
from collection.figures.targets import store as targets
from collection.figures.targets.target import CostKind
from core.money import Money
from data.session import Session
from identity.policies.store import effective
from identity.store import BranchView


async def read_earnings(
    session: Session, agent_id: UUID, branch: BranchView, day: date, approved_m: int, now: datetime
) -> Earnings:
    """The day's conveyance by the policy `conveyance_per_km`, the month's targets and incentive.

    The session sees the branch, and only this agent's figures are read.
    """
    rate = (await effective(session, branch.id)).conveyance_per_km
    per_km = Money(rate, branch.currency) if rate else None
    first = day.replace(day=1)
    last = day.replace(day=monthrange(day.year, day.month)[1])
    asked = Question(first, last, Grouping.ALL, branch.currency, agent_id=agent_id)
    figures = [FIGURES[name] for name in TARGETED]
    total = (await read_figures(session, asked, figures, now)).total
    incentive = next(
        (
            Money(each.amount, branch.currency)
            for each in await targets.of_month(session, "cost", first)
            if each.agent_id == agent_id and each.name == CostKind.INCENTIVE
        ),
        None,
    )
    goals = [
        Goal(each.name, each.label, each.unit.value, int(total.values[each.name] or 0),
             total.targets[each.name])
        for each in figures if each.name in total.targets
    ]  # fmt: skip
    paid = conveyance(approved_m, per_km) if per_km else None
    return Earnings(day, approved_m, per_km, paid, goals, incentive)
