"""Domain errors as RFC 9457 problems: the one place that maps kinds to HTTP statuses."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from api.reader import told as told_text
from api.validation_words import expected_words
from core.errors import DomainError, InvalidField
from core.money import Money
from core.said import Said, say, say_all
from identity.errors import NotSignedIn, Throttled
from identity.openings.errors import OneHand

log = structlog.get_logger()

STATUS: Mapping[str, int] = {
    "not-found": 404,
    "refused": 409,
    "conflict": 409,
    "invalid": 422,
    "forbidden": 403,
    "unavailable": 503,
}
MEDIA_TYPE = "application/problem+json"
RESERVED = {"type", "title", "status", "detail", "instance"}


def problem(
    status: int, title: str, detail: str, code: str, facts: Mapping[str, Any] | None = None
) -> JSONResponse:
    """An RFC 9457 answer; `facts` become extension members."""
    members = {k: v for k, v in (facts or {}).items() if k not in RESERVED}
    body = {
        "type": f"/problems/{code}", "title": told_text(title), "status": status,
        "detail": told_text(detail),
    }  # fmt: skip
    return JSONResponse(
        jsonable_encoder(body | members, custom_encoder={Money: _money, Said: told_text}),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Retry-After": "2"} if status == 503 else None,
    )


def _money(money: Money) -> dict[str, Any]:
    return {"amount_minor": money.amount_minor, "currency": money.currency}


def of_domain_error(error: DomainError) -> JSONResponse:
    """The problem that tells of a domain error."""
    status = STATUS[error.kind]
    if isinstance(error, NotSignedIn):
        status = 401
    elif isinstance(error, Throttled):
        status = 429
    facts = error.facts()
    if isinstance(error, InvalidField):
        facts = {"errors": [facts]}
    answer = problem(status, error.title, error.detail, error.code, facts)
    if "retry_after_s" in facts:
        answer.headers["Retry-After"] = str(facts["retry_after_s"])
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def told(error: DomainError) -> dict[str, object]:
    """The same problem as a member of an answer about many things."""
    body: dict[str, object] = json.loads(bytes(of_domain_error(error).body))
    return body


async def _domain_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    return of_domain_error(error)


def of_bad_request(error: RequestValidationError) -> JSONResponse:
    """The problem that tells of fields that cannot be used."""
    if any(e["type"] == "json_invalid" for e in error.errors()):
        return problem(
            400, say("The body is not JSON"), say("Send one JSON object"), "malformed-json"
        )
    errors = [{"field": _field(e["loc"]), "expected": expected_words(e)} for e in error.errors()]
    detail = say_all(
        say("{field}: {expected}", field=e["field"], expected=e["expected"]) for e in errors
    )
    title = say("The request has fields that cannot be used")
    return problem(422, title, detail, "invalid-request", {"errors": errors})


async def _bad_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return of_bad_request(error)


def _field(location: tuple[int | str, ...]) -> str:
    """``("body", "fix", "lat")`` as the sender knows it: ``fix.lat``."""
    inner = [str(part) for part in location if part not in ("body", "query", "path")]
    return ".".join(inner) or "body"


def of_http_error(error: HTTPException) -> JSONResponse:
    """The problem that tells of a refusal by the framework, or on its behalf."""
    titles = {
        404: (say("There is nothing at this address"), say("See /docs for what there is")),
        405: (say("This address does not take that method"), say("See /docs for what it takes")),
        408: (say("The body did not come to its end"), error.detail),
        413: (say("The body is too large"), error.detail),
        412: (say("This version of the protocol is not spoken here"), error.detail),
        415: (say("This type of body is not taken here"), error.detail),
        460: (say("The part is damaged"), error.detail),
    }
    refused = (say("The request was refused"), error.detail)
    title, detail = titles.get(error.status_code, refused)
    answer = problem(error.status_code, title, detail, f"http-{error.status_code}")
    answer.headers.update(error.headers or {})
    return answer


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return of_http_error(error)


async def _database(request: Request, error: Exception) -> JSONResponse:
    """A value that PostgreSQL itself refuses (a NUL in a text, a number out of range) is the
    sender's, and so is writing to what another branch owns; everything else is ours, logged and
    answered without details."""
    assert isinstance(error, DBAPIError)
    sqlstate = getattr(error.orig, "sqlstate", None) or ""
    if sqlstate.startswith("22"):
        return problem(
            422,
            say("A value cannot be stored"),
            say("Send text without NUL and numbers in range"),
            "invalid-request",
        )
    if getattr(getattr(error.orig, "diag", None), "constraint_name", None) == "another_hand":
        return of_domain_error(OneHand())
    if sqlstate == "42501" and "row-level security" in str(error.orig):
        # What is seen and not owned: a case that another branch has lent.
        log.warning("request.not_owned", path=request.url.path)
        return problem(
            403,
            say("This belongs to another branch"),
            say("Ask that branch to do it"),
            "other-branch",
        )
    if error.connection_invalidated or sqlstate[:2] in ("08", "53", "57") or not sqlstate:
        log.warning("request.database_unavailable", path=request.url.path, sqlstate=sqlstate)
        return problem(
            503,
            say("The database is not available"),
            say("Nothing was stored; send it again"),
            "database-unavailable",
        )
    return _unexpected(request, error)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", path=request.url.path, exc_info=error)
    detail = say("Nothing was stored. Send it again; if it stays, tell your administrator the time")
    return problem(500, say("Something went wrong on our side"), detail, "internal")


async def _exception(request: Request, error: Exception) -> JSONResponse:
    return _unexpected(request, error)


def install(app: FastAPI) -> None:
    """Have every error of `app` answered as a problem."""
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(Exception, _exception)
