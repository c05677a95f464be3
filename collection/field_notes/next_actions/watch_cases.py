"""Look for what was left open: cases with nothing to come, contacts without a root cause."""

from datetime import datetime

from collection.field_notes.causes import store as causes
from collection.field_notes.next_actions import store
from core.said import say, say_many
from data.alerts import NewAlert, Settled, open_alerts, settle_alerts
from data.session import Session

NOTHING_NEXT = "next_action_missing"
NO_CAUSE = "root_cause_missing"


async def watch_cases(session: Session, now: datetime) -> Settled:
    """Have one alert of each kind open per agent, and per branch for cases of nobody, while there
    is something to decide on; it is cleared when there is not."""
    wanted = [
        *(_nothing_next(each) for each in await store.forgotten(session, now)),
        *(_no_cause(each) for each in await causes.unexplained(session, now)),
    ]
    known = await open_alerts(session, [NOTHING_NEXT, NO_CAUSE])
    return await settle_alerts(session, known, wanted, now)


def _nothing_next(each: store.Forgotten) -> NewAlert:
    title = (
        say_many(
            "{count} case of {agent} with nothing to come",
            "{count} cases of {agent} with nothing to come",
            each.cases,
            agent=each.agent,
        )
        if each.agent
        else say_many(
            "{count} case that nobody works with nothing to come",
            "{count} cases that nobody works with nothing to come",
            each.cases,
        )
    )
    return NewAlert(
        each.branch_id,
        NOTHING_NEXT,
        each.agent_id or each.branch_id,
        title,
        say("No next action, promise or planned visit. Open the list and say what comes next."),
        each.agent_id,
        facts=_facts(each.cases, "next_action=none", each.agent_id),
    )


def _no_cause(each: causes.Unexplained) -> NewAlert:
    title = (
        say_many(
            "{count} payment of {agent} without a root cause",
            "{count} payments of {agent} without a root cause",
            each.receipts,
            agent=each.agent,
        )
        if each.agent
        else say_many(
            "{count} payment at the desk without a root cause",
            "{count} payments at the desk without a root cause",
            each.receipts,
        )
    )
    return NewAlert(
        each.branch_id,
        NO_CAUSE,
        each.agent_id or each.branch_id,
        title,
        say("Less or more was paid than was due. Ask why, and note it at the case."),
        each.agent_id,
        facts=_facts(each.receipts, "cause=none", each.agent_id),
    )


def _facts(number: int, query: str, agent_id: object) -> dict[str, str | int]:
    """`cause` changes with the number, so that an open alert gets the new words."""
    agent = f"&agent_id={agent_id}" if agent_id else ""
    return {"cause": str(number), "count": number, "url": f"/cases?{query}{agent}"}
