"""The app's pure functions (`agent_app/facts/`), called in the browser that runs them."""

from typing import Any

from playwright.sync_api import Page


def call(page: Page, module: str, name: str, *arguments: Any) -> Any:
    """What a function of a module gives for arguments that are JSON."""
    return page.evaluate(
        "async ([module, name, args]) => (await import(`/app/facts/${module}.js`))[name](...args)",
        [module, name, list(arguments)],
    )
