"""The sign-in page: for everyone, before anything else."""

from map_ui.page import page


def render(
    *,
    nonce: str,
    locale: str = "en",
    static_url: str = "/static",
    next_url: str = "/live",
    api_url: str = "/v1/sign-in",
    reset_url: str = "/v1/password-reset",
) -> str:
    """The page as HTML; its module posts name and password to `api_url` as JSON.

    After signing in the browser goes to `next_url`, and to ``/live`` when that leads to another
    host. `nonce` must also be in the answer's ``Content-Security-Policy``.
    """
    return page(
        "sign_in.html",
        nonce=nonce,
        locale=locale,
        static_url=static_url,
        next_url=next_url if _stays_here(next_url) else "/live",
        api_url=api_url,
        reset_url=reset_url,
    )


def _stays_here(url: str) -> bool:
    # Browsers read a backslash as a slash and drop tabs and line breaks inside an address.
    plain = "".join(url.split()).replace("\\", "/")
    return plain == url and url.startswith("/") and not url.startswith("//")
