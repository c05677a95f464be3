"""What every page shares: the template environment and the words of its address space."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""Autoescaping is on: a value can never become markup. A missing value is an error."""


def page(template: str, *, nonce: str, static_url: str, **values: object) -> str:
    """A whole HTML page from ``templates/``.

    `nonce` must also be in the ``Content-Security-Policy`` of the answer that carries the page;
    `static_url` is where ``map_ui/static`` is served, without a slash at the end.
    """
    return TEMPLATES.get_template(template).render(nonce=nonce, static_url=static_url, **values)
