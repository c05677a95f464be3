"""What can go wrong with browsers that want to be told."""

from dataclasses import dataclass

from core.errors import NotFound, Unavailable


@dataclass(eq=False)
class SubscriptionNotFound(NotFound):
    """There is no such subscription among yours."""

    subscription_id: str


@dataclass(eq=False)
class NotDelivered(Unavailable):
    """The push service could not take a message now.

    `status` is its answer, None when there was none; `retry_after_s` how long it asked to wait.
    """

    host: str
    status: int | None
    retry_after_s: float | None
