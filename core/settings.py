"""Settings from the environment. Every one has a default that works on one machine."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


def _default_state_dir() -> Path:
    """Where the private cluster, caches and logs live.

    PostgreSQL refuses to run as root; as root the cluster runs as ``postgres``, who can rarely
    enter the folder of a root user's clone. So root's state lies under /var/lib, one per clone.
    """
    if os.geteuid() == 0:
        clone = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
        return Path("/var/lib/roundsman") / clone
    return ROOT / ".state"


class Settings(BaseSettings):
    """``ROUNDSMAN_``-prefixed variables, and the customary DATABASE_URL and REDIS_URL."""

    model_config = SettingsConfigDict(env_prefix="ROUNDSMAN_", extra="ignore")

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    state_dir: Path = Field(default_factory=_default_state_dir)
    archive_dir: Path = Field(default_factory=lambda given: given["state_dir"] / "archive")
    attachment_dir: Path = Field(default_factory=lambda given: given["state_dir"] / "attachments")
    key_file: Path = Field(default_factory=lambda given: given["state_dir"] / "column.keys")
    """The keys of encrypted columns. Whoever has it and the database can read them."""
    wal_dir: Path = Field(default_factory=lambda given: given["state_dir"] / "wal")
    """Where the database's log is received before it is sealed; best not on the database's disk."""
    backup_url: str | None = Field(default=None, repr=False)
    """A database server of your own, as a role that may replicate."""
    host: str = "127.0.0.1"
    port: int = 8765
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    """Whom neither their account nor their browser tells us the language of, is told in this."""
    log_level: str = "INFO"
    log_json: bool = False
    secure_cookies: bool = False
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")
    """Where phones reach this installation; by default where the administrator reached it."""
    geocoder: str = "streets"
    """A geopy service name (``nominatim``, ``photon``, …), or ``streets`` for our own network."""
    nominatim_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    """A Nominatim and an Overpass of your own for `streets PLACE`; by default the public ones."""
    overpass_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    requests_per_min_address: int = Field(default=30_000, ge=0, le=60_000)
    """So many requests an address may send in a minute, or at once; 0 is any number."""
    requests_per_min_actor: int = Field(default=3_000, ge=0, le=60_000)
    """Likewise a person or a program, from wherever."""
    messages_per_min_device: int = Field(default=3_000, ge=0, le=60_000)
    """Likewise the messages of a phone, to each process of the API."""
    most_body_bytes: int = Field(default=64 * 1024 * 1024, gt=0)
    """The largest body of a request; some routes take less."""
    body_stall_s: float = Field(default=30, gt=0)
    """How long the next part of a body may keep the API waiting."""
    statement_s: float = Field(default=300, gt=0)
    """How long a statement of a request may keep the database busy."""
    push_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Push services besides those of the known browsers: hosts or origins, a comma between them."""
    push_contact: str = Field(
        default="mailto:roundsman@localhost", pattern=r"^(mailto:[^\s@]+@[^\s@]+|https://\S+)$"
    )
    """Where a push service can write to whoever runs this installation."""

    message_url: str | None = Field(default=None, pattern=r"^(record|https?://\S+)$")
    """Where messages to customers are posted; ``record`` keeps them and sends nothing."""
    message_headers: dict[str, str] = Field(default_factory=dict, repr=False)
    message_body: str = '{"id": "{id}", "to": "{to}", "text": "{text}"}'

    mail_url: str | None = Field(
        default=None, pattern=r"^(record|(smtp|smtps|smtp\+plain)://\S+)$", repr=False
    )
    """The server that e-mails are handed to; ``record`` keeps them and sends nothing."""
    mail_from: str = Field(default="roundsman@localhost", pattern=r"^[^\s@]+@[^\s@]+$")
    """Whom e-mails are from."""

    gateway_url: str | None = Field(default=None, pattern=r"^(fake|https://\S+)$")
    """Where payments online are begun; ``fake`` is a pretended bank, for demonstrations alone."""
    gateway_headers: dict[str, str] = Field(default_factory=dict, repr=False)
    gateway_secrets: Annotated[tuple[str, ...], NoDecode] = Field(default=(), repr=False)
    """What the gateway signs its webhooks with (``whsec_…``); two while one takes over."""

    scanner_url: str | None = Field(default=None, pattern=r"^clamd://[^\s/?#]+$")
    """What looks through files for malware before anybody opens them: ``clamd://HOST:PORT``."""

    provider_issuer: str | None = Field(
        default=None,
        pattern=r"^(https://[^\s?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s?#]*)?)$",
    )
    """The identity provider (OpenID Connect) that staff may sign in with."""
    provider_client_id: str | None = None
    provider_client_secret: str | None = Field(default=None, repr=False)
    provider_name: str = Field(default="your organization's account", max_length=60)

    @property
    def customers_url(self) -> str:
        """Where customers reach this installation, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @field_validator("push_hosts", "gateway_secrets", mode="before")
    @classmethod
    def _split(cls, hosts: object) -> object:
        return hosts.replace(",", " ").split() if isinstance(hosts, str) else hosts


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()
