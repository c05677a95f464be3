"""Set a long document in a process of its own: whoever serves others meanwhile is not held up."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec

P = ParamSpec("P")


async def set_apart(pdf: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> bytes:
    """What a function of a module makes of arguments that can be pickled.

    The process takes a second or two to start, so this is for documents of many pages. Called off,
    it ends once what it is at is done.
    """
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        return await asyncio.wrap_future(pool.submit(pdf, *args, **kwargs))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
