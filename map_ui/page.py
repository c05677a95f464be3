"""What every page shares: the template environment and the words of its address space."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from map_ui.places import Place

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Autoescaping is on: a value can never become markup. A missing value is an error."""


@dataclass(frozen=True, slots=True)
class Office:
    """What every page of the office is shown with.

    `nonce` must also be in the answer's ``Content-Security-Policy``; `viewer` is the name of who is
    signed in, `places` what their menu leads to; the browser goes to `sign_in_url` when the session
    has ended; `static_url` is where ``map_ui/static`` is served, without a slash at the end.
    """

    nonce: str
    viewer: str = ""
    places: Sequence[Place] = ()
    sign_in_url: str = "/sign-in"
    static_url: str = "/static"

    def values(self) -> dict[str, object]:
        """By the names that templates use."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def office_page(template: str, office: Office, **values: object) -> str:
    """A whole page of the office from ``templates/``."""
    return TEMPLATES.get_template(template).render(**office.values(), **values)


def page(template: str, *, nonce: str, static_url: str, **values: object) -> str:
    """A whole HTML page from ``templates/``.

    `nonce` must also be in the ``Content-Security-Policy`` of the answer that carries the page;
    `static_url` is where ``map_ui/static`` is served, without a slash at the end.
    """
    return TEMPLATES.get_template(template).render(nonce=nonce, static_url=static_url, **values)
