"""Passwords and bearer secrets. Only their hashes are ever stored."""

import base64
import hashlib
import secrets
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(memory_cost=47_104, time_cost=1, parallelism=1)
"""Argon2id as OWASP's password storage cheat sheet has it: 46 MiB, one pass, one lane. Of what it
takes for equally strong this has most memory, which is what costs who guesses on many cores. More
lanes would be no more work for them, only more threads beside the event loop."""

NO_PASSWORD = "!"  # noqa: S105 - no hash, so nothing fits it
"""What stands where there is no password, in place of its hash."""

_NOBODY = _HASHER.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """An argon2id hash; takes some 50 ms on purpose. However a keyboard composes its letters, a
    password is the same (NFKC)."""
    return _HASHER.hash(normalize("NFKC", password))


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether a password is the right one. Takes as long when there is no such person (None)."""
    try:
        fits = _HASHER.verify(password_hash or _NOBODY, normalize("NFKC", password))
        return fits and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other settings than are used now."""
    return _HASHER.check_needs_rehash(password_hash)


def new_secret(prefix: str) -> str:
    """A bearer secret of 256 random bits; the prefix says what it opens (``rt_``, ``rd_``)."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_secret(secret: str) -> bytes:
    """SHA-256: enough for a secret that cannot be guessed, and quick enough for every request."""
    return hashlib.sha256(secret.encode()).digest()


def new_totp_secret() -> str:
    """160 random bits in base 32, as authenticator apps take them (RFC 4226, section 4)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 random bits, in letters and digits that cannot be mistaken."""
    return [_code(16) for _ in range(10)]


def new_password_code() -> str:
    """A code of 60 random bits, likewise, to be told by telephone."""
    return _code(12)


def new_key() -> bytes:
    """256 random bits, for signing what we give out ourselves."""
    return secrets.token_bytes(32)


def new_digits(count: int) -> str:
    """So many random decimal digits."""
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _code(length: int) -> str:
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(length))
