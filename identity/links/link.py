"""The last part of an address that needs no sign-in: an id, and a proof that we gave it out."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from enum import StrEnum
from uuid import UUID

PROOF_BYTES = 16
"""128 bits: a guess a microsecond would take longer than the sun will shine."""

TOKEN_LENGTH = 43


class Leads(StrEnum):
    """What an address leads to. A token for one is none for another."""

    RECEIPT = "receipt"
    PAYMENT = "payment"


def token_of(key: bytes, leads: Leads, subject_id: UUID) -> str:
    """The token for a subject, 43 characters that an address can hold; always the same one."""
    token = subject_id.bytes + _proof(key, leads, subject_id.bytes)
    return urlsafe_b64encode(token).rstrip(b"=").decode()


def subject_of(key: bytes, leads: Leads, token: str) -> UUID | None:
    """What a token is for; None when we never gave it out for that."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        given = urlsafe_b64decode(token + "=")
    except NotBase64:
        return None
    subject, proof = given[:16], given[16:]
    if not hmac.compare_digest(proof, _proof(key, leads, subject)):
        return None
    found = UUID(bytes=subject)
    # Of the several spellings that base64 has for the same bytes, one is ours.
    return found if token_of(key, leads, found) == token else None


def _proof(key: bytes, leads: Leads, subject: bytes) -> bytes:
    said = b"roundsman-link/1 " + leads.encode() + b"\0" + subject
    return hmac.new(key, said, hashlib.sha256).digest()[:PROOF_BYTES]
