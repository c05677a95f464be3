"""What every page shares: the template environment and the words of its address space."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from identity.language import language_code
from map_ui.places import Place
from map_ui.static_url import static_url
from map_ui.texts.catalog import browser_script_version, plural_in, safe_text_in
from map_ui.texts.told import told_in

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Autoescaping is on: a value can never become markup. A missing value is an error.

``t("Signed in as {name}", name=viewer)`` tells a text in the page's `locale`, and
``tn("{count} case", "{count} cases", count)`` one with a form for each number. ``told(reason)``
tells what the service itself has said, such as the reason of a refusal.
"""


@pass_context
def _t(context: Context, text: str, **parts: object) -> Markup:
    return safe_text_in(context["locale"], text, **parts)


@pass_context
def _tn(context: Context, one: str, many: str, count: int, **parts: object) -> str:
    return plural_in(context["locale"], one, many, count, **parts)


@pass_context
def _told(context: Context, text: str) -> str:
    return told_in(context["locale"], text)


TEMPLATES.globals |= {"t": _t, "tn": _tn, "told": _told}


@dataclass(frozen=True, slots=True)
class Office:
    """What every page of the office is shown with.

    `nonce` must also be in the answer's ``Content-Security-Policy``; `viewer` is the name of who is
    signed in, `places` what their menu leads to; the browser goes to `sign_in_url` when the session
    has ended; `static_url` is where ``map_ui/static`` is served, without a slash at the end;
    `locale` is the reader's, as `map_ui.texts.language.locale_for` finds it.
    """

    nonce: str
    viewer: str = ""
    places: Sequence[Place] = ()
    sign_in_url: str = "/sign-in"
    static_url: str = field(default_factory=static_url)
    locale: str = "en"

    def values(self) -> dict[str, object]:
        """By the names that templates use."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return named | {"texts_url": texts_url(self.locale)}


def texts_url(locale: str) -> str | None:
    """Where a page's modules have their texts from; English ones need none."""
    language = language_code(locale)
    if language == "en":
        return None
    return f"/texts/{language}.js?v={browser_script_version(language)}"


def office_page(template: str, office: Office, **values: object) -> str:
    """A whole page of the office from ``templates/``."""
    return TEMPLATES.get_template(template).render(**office.values(), **values)


def page(template: str, *, nonce: str, locale: str = "en", **values: Any) -> str:
    """A whole HTML page from ``templates/``.

    `nonce` must also be in the ``Content-Security-Policy`` of the answer that carries the page;
    `locale` is the reader's.
    """
    return TEMPLATES.get_template(template).render(
        nonce=nonce, static_url=static_url(), locale=locale, texts_url=texts_url(locale), **values
    )
