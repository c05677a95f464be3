"""Look for hearings that are near or not noted, and for cases at the stage without a proceeding."""

from datetime import datetime

from collection.legal import store
from core.said import say, say_many
from data.alerts import NewAlert, Settled, open_alerts, settle_alerts
from data.session import Session

HEARING = "legal_hearing"
MISSING = "legal_proceeding_missing"


async def watch_proceedings(session: Session, now: datetime) -> Settled:
    """Have one alert open for each hearing from the day before it until what came of it is noted,
    or the proceeding is closed; and one for each branch where cases stand at the stage `legal` and
    no proceeding is open, unless its policy `legal_proceeding` is off."""
    wanted = [
        *(_near(each) for each in await store.near_hearings(session, now)),
        *(_missing(each) for each in await store.without_proceeding(session)),
    ]
    known = await open_alerts(session, [HEARING, MISSING])
    return await settle_alerts(session, known, wanted, now)


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


def _missing(each: store.WithoutProceeding) -> NewAlert:
    return NewAlert(
        each.branch_id,
        MISSING,
        each.branch_id,
        say_many(
            "{count} case at the stage legal without a proceeding",
            "{count} cases at the stage legal without a proceeding",
            each.cases,
        ),
        say("Put on record at the case what is before the court, or move the case on."),
        facts={"cause": str(each.cases), "count": each.cases, "url": "/cases?stage=legal"},
    )
