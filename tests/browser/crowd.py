"""A crowd in the way of signing in: the first requests are answered as the waiting room does."""

from collections.abc import Callable

from playwright.sync_api import Route

from api.problems import of_domain_error
from identity.errors import SignInCrowd


def crowded(times: int, retry_after_s: int) -> Callable[[Route], None]:
    """A handler of `Page.route` that turns so many away; all others get through."""
    left = [times]

    def handle(route: Route) -> None:
        if not left[0]:
            route.continue_()
            return
        left[0] -= 1
        told = of_domain_error(SignInCrowd(retry_after_s=retry_after_s))
        route.fulfill(
            status=told.status_code, headers=dict(told.headers.items()), body=bytes(told.body)
        )

    return handle
