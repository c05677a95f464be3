"""Where messages may go: a browser names the address, so only known push services are asked."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from core.errors import InvalidField
from core.said import say

KNOWN_HOSTS = frozenset({"fcm.googleapis.com"})
KNOWN_PARENTS = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
"""The push services of Chrome, Firefox, Safari and Edge."""

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
LONGEST = 2000

# No user, no brackets, nothing that two parsers could read as different hosts.
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?/[!#-\[\]-~]*")


def is_allowed(endpoint: str, listed: Collection[str] = ()) -> bool:
    """Whether messages may be posted to this address.

    `listed` are hosts (``push.example.com``) or origins (``https://push.example.com:8443``) that
    the operator allows besides the known ones. Plain http is for a listed origin on this machine.
    """
    if len(endpoint) > LONGEST or not _PLAIN.fullmatch(endpoint):
        return False
    host, at = urlsplit(endpoint).hostname or "", origin(endpoint)
    if at.startswith("http:"):
        return host in LOOPBACK and at in listed
    if at in listed:
        return True
    return at == f"https://{host}" and (
        host in KNOWN_HOSTS or host in listed or host.endswith(KNOWN_PARENTS)
    )


def allowed(endpoint: str, listed: Collection[str] = ()) -> str:
    """The endpoint, if `is_allowed`. Raises `InvalidField`."""
    if not is_allowed(endpoint, listed):
        raise InvalidField(
            "endpoint",
            say(
                "the https address that the browser's own push service gave (Google, Mozilla, "
                "Apple, Microsoft, or a host that your administrator has listed)"
            ),
        )
    return endpoint


def origin(endpoint: str) -> str:
    """``https://host`` of an address, with the port where it names one."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"
