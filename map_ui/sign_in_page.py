"""The sign-in page: for everyone, before anything else."""

from map_ui.page import page


def render(
    *,
    nonce: str,
    locale: str = "en",
    next_url: str = "/live",
    api_url: str = "/v1/sign-in",
    reset_url: str = "/v1/password-reset",
    provider: str | None = None,
    provider_url: str = "/sign-in/provider",
    problem: str = "",
) -> str:
    """The page as HTML; its module posts name and password to `api_url` as JSON.

    `provider` is what people call the organization's identity provider, which signs them in at
    `provider_url`; `problem` is what has kept somebody from it.

    After signing in the browser goes to `next_url`, and to ``/live`` when that leads to another
    host. `nonce` must also be in the answer's ``Content-Security-Policy``.
    """
    return page(
        "sign_in.html",
        nonce=nonce,
        locale=locale,
        next_url=next_url if stays_here(next_url) else "/live",
        api_url=api_url,
        reset_url=reset_url,
        provider=provider,
        provider_url=provider_url,
        problem=problem,
    )


def stays_here(url: str) -> bool:
    """Whether an address leads to a page of this installation, however a browser reads it."""
    # Browsers read a backslash as a slash and drop tabs and line breaks inside an address.
    plain = "".join(url.split()).replace("\\", "/")
    return plain == url and url.startswith("/") and not url.startswith("//")
