"""Look at all receipts: one that was changed or taken out behind the program's back is told."""

from datetime import datetime

from collection.receipts.chains import store
from core.said import say
from data.alerts import NewAlert, open_alerts, settle_alerts
from data.session import Session

CHAIN_BROKEN = "cash_receipt_changed"
"""The kind of these alerts; their subject is the series."""


async def watch_chains(session: Session, now: datetime) -> None:
    """Have an alert open about each series in scope whose chain of receipts is broken."""
    known = await open_alerts(session, [CHAIN_BROKEN])
    wanted = [
        NewAlert(
            one.branch_id,
            CHAIN_BROKEN,
            one.series_id,
            say("A receipt is not what it was"),
            say(
                "{number}, or one before it, was changed or removed in the database itself. "
                "Compare it with the customer's copy and with a backup.",
                number=one.text,
            ),
        )
        for one in await store.breaks(session)
    ]
    await settle_alerts(session, known, wanted, now)
