"""Routers: where a path leads, and that others are not asked."""

import re

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Match
from starlette.types import Scope

from api.app import create_app
from api.routing import Router
from core.ids import new_id
from tests.application import document


def scope(method: str, path: str, root_path: str = "") -> Scope:
    return {"type": "http", "method": method, "path": path, "root_path": root_path, "headers": []}


def test_every_documented_path_is_found() -> None:
    app = create_app()
    for template, methods in document()["paths"].items():
        path = re.sub(r"\{\w+\}", str(new_id()), template)
        for method in methods:
            answers = [route.matches(scope(method.upper(), path))[0] for route in app.router.routes]
            assert Match.FULL in answers, (method, template)


@pytest.mark.parametrize(
    ("path", "root_path", "match"),
    [
        ("/v1/agent/cases/1", "", Match.FULL),
        ("/v1/agent/cases", "", Match.NONE),
        ("/v1/agents/cases/1", "", Match.NONE),
        ("/behind/v1/agent/cases/1", "/behind", Match.FULL),
        ("/behind/v1/agent/cases/1", "", Match.NONE),
    ],
)
def test_a_router_is_found_by_how_its_paths_begin(path: str, root_path: str, match: Match) -> None:
    router = Router(prefix="/v1/agent")

    @router.get("/cases/{id}")
    async def case() -> None:
        raise AssertionError("nobody calls it")

    app = FastAPI()
    app.include_router(router)
    assert app.router.routes[-1].matches(scope("GET", path, root_path))[0] is match


def test_routes_of_other_routers_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = Router(prefix="/near"), Router(prefix="/far")
    asked: list[Router] = []
    theirs = APIRouter.matches

    def matches(router: Router, of: Scope) -> tuple[Match, Scope]:
        asked.append(router)
        return theirs(router, of)

    monkeypatch.setattr(APIRouter, "matches", matches)
    app = FastAPI()
    for router in (near, far):

        @router.get("/{id}")
        async def each() -> None:
            raise AssertionError("nobody calls it")

        app.include_router(router)
    answers = [route.matches(scope("GET", "/far/1"))[0] for route in app.router.routes[-2:]]
    assert answers == [Match.NONE, Match.FULL]
    assert asked == [far]
