"""How long a ping waits for its agent's visits to be decided, from the database's own marks."""

import threading
import time
from datetime import UTC, datetime

import psycopg

LOOK_EVERY_S = 0.05


class VisitLag:
    """Looks at the list of waiting agents; a mark that is gone was decided.

    A mark holds when its first ping was received, so what is measured is the longest wait of all
    the pings that were decided together, up to `LOOK_EVERY_S` more than true.
    """

    def __init__(self, url: str) -> None:
        self._url = url.replace("+psycopg", "")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.lags_s: list[float] = []

    def __enter__(self) -> "VisitLag":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        waiting: dict[object, datetime] = {}
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._over.is_set():
                rows = connection.execute("SELECT agent_id, marked_at FROM agent_dirty").fetchall()
                now = datetime.now(UTC)
                marked: dict[object, datetime] = dict(rows)
                for agent, marked_at in waiting.items():
                    if marked.get(agent) != marked_at:
                        self.lags_s.append((now - marked_at).total_seconds())
                waiting = marked
                time.sleep(LOOK_EVERY_S)
        # Who still waits has waited at least so long: left out they would make us look quick.
        now = datetime.now(UTC)
        self.lags_s += [(now - marked_at).total_seconds() for marked_at in waiting.values()]
