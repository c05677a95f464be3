"""``./roundsman worker``: one more worker, on this or any other host."""

from cli.processes import supervised
from cli.serve import worker_child
from cli.services import running_services


def run() -> None:
    """Take jobs from the queue until Ctrl-C."""
    with running_services(), supervised(None) as running:
        running.start(worker_child())
        print("A worker takes jobs — stop with Ctrl-C.", flush=True)
        running.wait()
