"""The body that a provider's HTTP interface takes, made of a template and a message."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

FIELDS = ("id", "channel", "to", "text", "language", "purpose")
_FIELD = re.compile(r"\{(\w+)\}")
_JSON = re.compile(r"\s*[\[{]\s*[\"\[{}]")


def check_template(template: str) -> None:
    """Raises ValueError for a body template that no message can be sent with."""
    named = set(_FIELD.findall(template))
    unknown = named - set(FIELDS)
    if unknown:
        raise ValueError(f"{{{min(unknown)}}} is none of {', '.join(FIELDS)}")
    if not {"to", "text"} <= named:
        raise ValueError("a body template needs {to} and {text}")
    if is_json(template):
        try:
            json.loads(template)
        except ValueError as wrong:
            raise ValueError(f"the body template is not JSON: {wrong}") from wrong


def is_json(template: str) -> bool:
    """Whether the body is JSON; else it is a form, ``To={to}&Body={text}``."""
    return _JSON.match(template) is not None


def body_of(template: str, values: Mapping[str, str]) -> str:
    """The body for a message. A value never becomes structure, whatever is in it."""
    if not is_json(template):
        return _FIELD.sub(lambda found: quote(values[found[1]], safe=""), template)
    return json.dumps(_filled(json.loads(template), values), ensure_ascii=False)


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return _FIELD.sub(lambda found: values[found[1]], part)
    if isinstance(part, list):
        return [_filled(each, values) for each in part]
    if isinstance(part, dict):
        return {name: _filled(each, values) for name, each in part.items()}
    return part
