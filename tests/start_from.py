"""``python -m tests.start_from FD``: has the product imported, and forks copies of it when asked.

A process that imports the product anew computes for seconds before it serves; a copy of one that
has need not. Asked and answered in lines on the socket `FD`: what to run, as JSON; then its pid.
It ends with that socket, and its copies with it.
"""

import gc
import json
import os
import runpy
import socket
import sys
from typing import TypedDict

import api.app
import jobs.app
from cli.parent_death import die_with_parent
from core.settings import settings

PRODUCT = (api.app, jobs.app)


class Start(TypedDict):
    """What a new process runs: ``python -m MODULE ARGUMENTS``, in an environment."""

    module: str
    arguments: list[str]
    environment: dict[str, str]


def _asked_for(asked: socket.socket) -> Start | None:
    """In a new process: what it is to run. In this one: None, when nobody will ask again."""
    with asked, asked.makefile("rw") as lines:
        for line in lines:
            if not (pid := os.fork()):
                start: Start = json.loads(line)
                return start
            print(pid, file=lines, flush=True)
    return None


def _run(start: Start) -> None:
    die_with_parent()
    os.environ.clear()
    os.environ.update(start["environment"])
    settings.cache_clear()
    sys.argv[1:] = start["arguments"]
    runpy.run_module(start["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    gc.freeze()  # what stays in all of them is not looked through in any
    if start := _asked_for(socket.socket(fileno=int(sys.argv[1]))):
        _run(start)
