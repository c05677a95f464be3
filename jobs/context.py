"""What a worker's tasks share: the database, the clock, the pool for solvers, the push client."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import httpx

from collection.messages.http_sender import HttpSender
from collection.messages.mail_sender import MailSender
from collection.messages.sender import ByChannel, RecordingSender, Sender
from core.clock import Clock
from core.mail import Post, RecordingPost, SmtpPost
from core.settings import settings
from data.session import Database
from map_ui.push.deliver import push_client as new_push_client
from routing.planner.pool import warm_pool


@dataclass(slots=True)
class _Context:
    database: Database
    clock: Clock
    solvers: asyncio.Task[ProcessPoolExecutor] | None = None
    push_client: httpx.AsyncClient | None = None
    sender: HttpSender | RecordingSender | None = None
    post: Post | None = None


_context: _Context | None = None


def provide(database: Database, clock: Clock) -> None:
    """Set what the process's tasks work with; once, before the first task."""
    global _context  # noqa: PLW0603 - tasks are module functions and take ids only
    _context = _Context(database, clock)


def _given() -> _Context:
    if _context is None:
        raise RuntimeError("no worker runs in this process")
    return _context


def database() -> Database:
    """The worker's database."""
    return _given().database


def clock() -> Clock:
    """The installation's clock."""
    return _given().clock


async def solvers() -> ProcessPoolExecutor:
    """Processes for solvers, which would hold this one's interpreter lock."""
    return await asyncio.shield(start_solvers())


def start_solvers() -> asyncio.Task[ProcessPoolExecutor]:
    """Make those processes unless that has begun; the first time on a machine takes a while."""
    given = _given()
    if given.solvers is None:
        given.solvers = asyncio.create_task(asyncio.to_thread(warm_pool))
    return given.solvers


def replace_solvers() -> None:
    """Make new processes next time: a pool that lost one of its own takes no more work."""
    _given().solvers = None


def push_client() -> httpx.AsyncClient:
    """What messages are posted to push services with; made when first used."""
    given = _given()
    if given.push_client is None:
        given.push_client = new_push_client()
    return given.push_client


def post() -> Post | None:
    """What e-mails are handed to; None where no server is set up."""
    given, its = _given(), settings()
    if given.post is None and its.mail_url:
        given.post = (
            RecordingPost() if its.mail_url == "record" else SmtpPost(its.mail_url, its.mail_from)
        )
    return given.post


def sender() -> Sender:
    """What messages to customers are sent with, by their channel."""
    mail = post()
    return ByChannel(_phone_sender(), MailSender(mail) if mail else None)


def _phone_sender() -> Sender | None:
    given, its = _given(), settings()
    if given.sender is None and its.message_url:
        given.sender = (
            RecordingSender()
            if its.message_url == "record"
            else HttpSender(its.message_url, its.message_headers, its.message_body)
        )
    return given.sender


async def close() -> None:
    """Stop the solvers and give back connections."""
    if _context and _context.solvers:
        for made in await asyncio.gather(_context.solvers, return_exceptions=True):
            if isinstance(made, ProcessPoolExecutor):
                made.shutdown(cancel_futures=True)
    if _context and _context.push_client:
        await _context.push_client.aclose()
    if _context and isinstance(_context.sender, HttpSender):
        await _context.sender.close()
