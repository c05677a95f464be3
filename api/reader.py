"""Who reads an answer: in whose language the service's own sentences are told in it."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import settings
from identity.principal import Principal, Role
from map_ui.texts.language import locale_for
from map_ui.texts.told import told_in


@dataclass(slots=True)
class Reader:
    """The language of an answer under way, and whether anything was told in it yet."""

    accepted: str
    locale: str
    was_told: bool = False

    def is_now(self, caller: Principal) -> None:
        """Go by what a person has chosen. A program that asks for no language gets English."""
        otherwise = "en" if caller.role is Role.INTEGRATION else settings().language
        self.locale = locale_for(caller.language, self.accepted, otherwise)


_READER: ContextVar[Reader | None] = ContextVar("reader", default=None)
"""Of the request that is being answered; a job has none, and what it says stays English."""


def reader_is(caller: Principal) -> None:
    """Tell the answer under way to this person."""
    if reader := _READER.get():
        reader.is_now(caller)


def locale_of_reader() -> str:
    """The locale of who reads the answer under way."""
    reader = _READER.get()
    return reader.locale if reader else "en"


def told(text: str) -> str:
    """A sentence of the service, in the language of who reads the answer under way."""
    reader = _READER.get()
    if reader is None:
        return str(text)
    reader.was_told = True
    return told_in(reader.locale, text)


def _told_if_text(value: object) -> object:
    return told(value) if isinstance(value, str) else value


Told = Annotated[str, BeforeValidator(_told_if_text)]
"""A member of an answer that is a sentence of the service, and is told in the reader's language."""


class ReadersLanguage:
    """Finds out who reads an answer, and says in it which language was told."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        accepted = Headers(scope=scope).get("Accept-Language", "")
        reader = Reader(accepted, locale_for(None, accepted, settings().language))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and reader.was_told:
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Language", reader.locale)
                headers.add_vary_header("Accept-Language")
            await send(message)

        token = _READER.set(reader)
        try:
            await self._app(scope, receive, sending)
        finally:
            _READER.reset(token)
