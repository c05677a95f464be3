"""Look for hearings that are near, and for those of which nobody noted what came."""

from datetime import datetime

from collection.legal import store
from core.said import say
from data.alerts import NewAlert, Settled, open_alerts, settle_alerts
from data.session import Session

HEARING = "legal_hearing"


async def watch_hearings(session: Session, now: datetime) -> Settled:
    """Have one alert open for each hearing from the day before it until what came of it is noted,
    or the proceeding is closed."""
    wanted = [_near(each) for each in await store.near_hearings(session, now)]
    return await settle_alerts(session, await open_alerts(session, [HEARING]), wanted, now)


def _near(each: store.ComingHearing) -> NewAlert:
    title = (
        say("The hearing of {day} is not noted: {forum}", day=each.heard_on, forum=each.forum)
        if each.is_past
        else say("A hearing on {day}: {forum}", day=each.heard_on, forum=each.forum)
    )
    return NewAlert(
        each.branch_id,
        HEARING,
        each.id,
        title,
        say("Reference and advocate stand at the case. Note there what comes of it."),
        case_id=each.case_id,
        facts={"cause": "past" if each.is_past else "near", "url": f"/cases/{each.case_id}"},
    )
