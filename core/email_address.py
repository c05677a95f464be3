"""What an e-mail address looks like."""

import re

from core.errors import InvalidField
from core.said import say

# As lenient as RFC 5321 allows where it matters: one @, no spaces, a dot in the host.
_ADDRESS = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,190}\.[^@\s.\x00]{2,60}")


def check_email(field: str, text: str) -> None:
    """Raises `InvalidField` for what is no e-mail address."""
    if not _ADDRESS.fullmatch(text):
        raise InvalidField(field, say("an e-mail address such as ana@example.org"))
