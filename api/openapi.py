"""The served document: what the framework tells of the routes, and the problems of them all.

Whatever is refused is refused in one place, so what a refusal looks like is told in one place, too,
and no route has to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from api.problems import MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "description": "An RFC 9457 problem. Further members tell the facts of it.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "a reference that stays; tell problems by it"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what to do about it"},
        "errors": {
            "type": "array",
            "description": "of a 422: each field that cannot be used, and what would be right",
            "items": {
                "type": "object",
                "required": ["field", "expected"],
                "properties": {"field": {"type": "string"}, "expected": {"type": "string"}},
            },
        },
    },
}

REFUSALS: Mapping[int, str] = {
    400: "The body is not what it says it is",
    401: "Nobody is signed in, or what was shown opens nothing",
    403: "The caller may not do this",
    404: "What was named is not there, or not for the caller",
    408: "The body did not come to its end in time",
    409: "It does not fit what is there already",
    413: "The body is too large",
    422: "The request has fields that cannot be used",
    429: "Too much at once; `Retry-After` says when to go on",
    503: "Not now; `Retry-After` says when to try again",
}
OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")
"""Schemas of refusals that are never sent."""


def tell_problems(document: dict[str, Any]) -> None:
    """Say in an OpenAPI document, in place, which problems each operation may answer with."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in OF_THE_FRAMEWORK:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{status}": {
            "description": told,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, told in REFUSALS.items()
    }
    for item in document["paths"].values():
        for method, operation in item.items():
            answers = operation["responses"]
            answers.pop("422", None)
            for status in sorted(_refusals(method, operation)):
                answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}


def _refusals(method: str, operation: Mapping[str, Any]) -> Iterator[int]:
    """Which of the refusals an operation may answer with."""
    yield from (429, 503)
    if operation.get("security"):
        yield from (401, 403)
    elif operation["tags"] == ["sign-in"]:
        yield 401
    has_body = "requestBody" in operation
    if has_body:
        yield from (400, 408, 413)
    if has_body or operation.get("parameters"):
        yield from (404, 409, 422)
    elif method != "get":
        yield 409
