"""Stop telling a browser."""

from uuid import UUID

from data.session import Session
from map_ui.push import store
from map_ui.push.errors import SubscriptionNotFound


async def unsubscribe(session: Session, subscription_id: UUID, staff_id: UUID) -> None:
    """Forget a browser of this person. Raises `SubscriptionNotFound`."""
    if not await store.forget_own(session, subscription_id, staff_id):
        raise SubscriptionNotFound(str(subscription_id))
