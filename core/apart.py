"""Work in a process of its own: whoever serves others meanwhile is not held up, and what takes too
much ends that process alone."""

import asyncio
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Most:
    """What a process may take: of memory, and of a processor's time."""

    memory_bytes: int
    cpu_s: int


class TookTooMuch(Exception):
    """The process was ended before it had an answer: it took more than it might."""


async def set_apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function of a module makes of arguments that can be pickled.

    The process takes a second or two to start, so this is for long work. Called off, it ends once
    what it is at is done.
    """
    return await _apart(None, work, *args, **kwargs)


async def set_apart_within(
    most: Most, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """The same for what strangers have made: a library may be led to ask for all memory there is,
    or never to end. Raises `TookTooMuch`."""
    try:
        return await _apart(most, work, *args, **kwargs)
    except (BrokenProcessPool, MemoryError) as ended:
        raise TookTooMuch from ended


async def _apart(most: Most | None, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    pool = ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=_bound, initargs=(most,)
    )
    try:
        return await asyncio.wrap_future(pool.submit(work, *args, **kwargs))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _bound(most: Most | None) -> None:
    if most is None:
        return
    for what, limit in (
        (resource.RLIMIT_AS, most.memory_bytes), (resource.RLIMIT_CPU, most.cpu_s),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        with suppress(ValueError, OSError):  # where a system knows no such limit, or a lower one
            resource.setrlimit(what, (limit, limit))
