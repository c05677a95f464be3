"""Routers that are passed over quickly."""

from functools import cached_property

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope


class Router(APIRouter):
    """A router that is asked only for paths that begin as one of its own routes does.

    The framework tries the routes of all routers one after the other, and twice those before the
    one that it takes. With some four hundred of them, that is a millisecond of the usual request
    and three of the last route's.
    """

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        """What the paths of its routes begin with, up to their first parameter."""
        routes = [route for route in self.routes if isinstance(route, APIRoute)]
        assert len(routes) == len(self.routes), "a router of ours has routes of the API only"
        return tuple({route.path_format.partition("{")[0] for route in routes})

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the framework's; sooner where there is none."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return super().matches(scope) if path.startswith(self._beginnings) else (Match.NONE, {})
