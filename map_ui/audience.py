"""What those who see the same branches are told: one batch for all of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from data.live import Change
from data.session import Database, Scope
from map_ui import store
from map_ui.live_batch import Gathered
from map_ui.live_view import AgentFacts, Strip, agent_view, strip
from tracking.agent_status import AgentStatus

READ_EVERY_S = 1.0
"""Figures that changed are read again at most this often, however many watch."""

READ_ALL_EVERY_S = 30.0
"""Shifts begin and end and days turn without anybody announcing it."""

SIGN_OF_LIFE_EVERY_S = 15.0
"""Quiet lines are hung up by proxies, most of them after a minute."""

TOLD_AT_ONCE = 20
TOLD_EVERY_S = 0.002
"""Readers are told in groups: in between, whoever sends pings is answered."""

MOST_WAITING = 50
"""Batches that may wait for a slow reader: five seconds. Then it has to start over."""


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event: ``batch``, ``reset``, or (no name) a sign of life.

    `text` is what goes over the line, made once for all who watch; `body` has no line breaks.
    """

    name: str
    id: str = ""
    body: bytes = b"{}"
    text: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        id_line = f"id: {self.id}\n" if self.id else ""
        text = f"{id_line}event: {self.name}\ndata: ".encode() + self.body + b"\n\n"
        object.__setattr__(self, "text", text if self.name else b": still here\n\n")


RESET = Event("reset")
SIGN_OF_LIFE = Event("")


class Audience:
    """The live view of a set of branches, and the queues of those who watch it.

    Its `facts` follow the changes; they are read from the database when somebody begins to watch
    and, for agents whose figures changed, once a second at most.
    """

    def __init__(self, branch_ids: frozenset[UUID]) -> None:
        self.branch_ids = branch_ids
        self.queues: set[asyncio.Queue[Event]] = set()
        self._facts: dict[str, AgentFacts] = {}
        self._told_status: dict[str, AgentStatus] = {}
        self._told_strip: Strip | None = None
        self._gathered = Gathered()
        self._complete_up_to: str | None = None
        self._read_at_s = self._read_all_at_s = self._sent_at_s = 0.0

    async def load(self, database: Database, now: datetime, now_s: float) -> None:
        """Read all agents: what changes are told against."""
        await self._read(database, now, None)
        self._read_all_at_s = now_s
        self._told_status = {key: facts.status(now) for key, facts in self._facts.items()}

    def join(self, queue: asyncio.Queue[Event]) -> None:
        """Tell this queue too, beginning with the figures above the map."""
        self.queues.add(queue)
        self._told_strip = None

    def gather(self, change: Change) -> None:
        """Take in a change, if it is of these branches."""
        if change.branch_id in self.branch_ids:
            self._gathered.add(change)

    async def tell(self, database: Database, now: datetime, now_s: float, cursor: str) -> int:
        """Send what was gathered to all who watch, as one batch; nothing when nothing changed.
        How many bytes went to each.

        Figures that were read less than a second ago wait. Meanwhile a batch bears the id of the
        last one that held everything, so that whoever resumes there misses nothing.
        """
        due = now_s - self._read_at_s >= READ_EVERY_S
        if due:
            self._read_at_s = now_s
            if now_s - self._read_all_at_s >= READ_ALL_EVERY_S:
                self._read_all_at_s = now_s
                self._gathered.agents |= await self._read(database, now, None)
        # Swapped before anything is waited for: whoever joins meanwhile adds to the next batch.
        gathered, self._gathered = self._gathered, Gathered()
        gathered.agents |= gathered.positions.keys() - self._facts.keys()
        body = await self._batch(database, now, gathered, read=due)
        if not due:
            self._gathered.agents |= gathered.agents
            self._gathered.cases |= gathered.cases
        if not self._gathered.agents or self._complete_up_to is None:
            self._complete_up_to = cursor
        if body is None:
            return 0
        await self._send(Event("batch", self._complete_up_to, body), now_s)
        return len(body)

    async def missed(
        self, database: Database, now: datetime, changes: Sequence[Change], since: str, cursor: str
    ) -> Event | None:
        """One batch with what somebody missed who comes back and had seen all up to `since`.

        Figures and stops that changed meanwhile come with the next batch for all: a thousand who
        come back at once are no reason to read them a thousand times.
        """
        gathered = Gathered()
        for change in changes:
            if change.branch_id in self.branch_ids:
                gathered.add(change)
        complete = not gathered.agents
        if not complete:
            self._gathered.agents |= gathered.agents
            self._gathered.cases |= gathered.cases
        body = await self._batch(database, now, gathered, read=False)
        return Event("batch", cursor if complete else since, body) if body is not None else None

    def reset(self) -> None:
        """Have all who watch start over, and forget them."""
        for queue in self.queues:
            _only_reset(queue)
        self.queues.clear()

    async def _batch(
        self, database: Database, now: datetime, gathered: Gathered, *, read: bool
    ) -> bytes | None:
        self._move(gathered)
        changed: set[str] = set()
        stops: list[dict[str, Any]] = []
        if read:
            await self._read(database, now, gathered.agents)
            changed = gathered.agents & self._facts.keys()
            stops = await self._stops(database, now, gathered)
            changed |= self._restless(now)
        positions: list[dict[str, Any]] = [
            {"agent_id": key, **position, "status": self._facts[key].status(now)}
            for key, position in gathered.positions.items()
            if key in self._facts
        ]
        self._told_status.update((p["agent_id"], p["status"]) for p in positions)
        sums = strip(self._facts.values()) if read else self._told_strip
        news = (positions, changed, stops, gathered.alerts, gathered.cleared_alerts,
                gathered.rounds_changed, gathered.visits, gathered.etas, gathered.offers_changed,
                sums != self._told_strip)  # fmt: skip
        if not any(news):
            return None
        told_strip, self._told_strip = self._told_strip, sums
        return msgspec.json.encode(
            {
                "now": now,
                "positions": positions,
                "agents": [agent_view(self._facts[key], now) for key in sorted(changed)],
                "stops": stops,
                "alerts": list(gathered.alerts.values()),
                "cleared_alerts": list(gathered.cleared_alerts),
                "strip": sums if sums != told_strip else None,
                "rounds_changed": list(gathered.rounds_changed),
                "visits": list(gathered.visits.values()),
                "etas": list(gathered.etas.values()),
                "offers_changed": list(gathered.offers_changed),
            }
        )

    def _move(self, gathered: Gathered) -> None:
        for key, position in gathered.positions.items():
            facts = self._facts.get(key)
            known = facts.position if facts else None
            if facts and not (known and known["captured_at"] > position["captured_at"]):
                battery_pct = gathered.battery_pct[key]
                self._facts[key] = replace(facts, position=position, battery_pct=battery_pct)

    async def _read(self, database: Database, now: datetime, agents: set[str] | None) -> set[str]:
        """Read these agents again, or all; returns whose facts have changed."""
        if agents is not None and not agents:
            return set()
        ids = None if agents is None else [UUID(agent) for agent in agents]
        async with self._reading(database) as session:
            found = {facts.id: facts for facts in await store.live_agents(session, now, ids)}
        changed = {key for key, facts in found.items() if self._facts.get(key) != facts}
        self._facts.update(found)
        return changed

    async def _stops(
        self, database: Database, now: datetime, gathered: Gathered
    ) -> list[dict[str, Any]]:
        if not gathered.cases:
            return []
        async with self._reading(database) as session:
            agents = {UUID(agent) for agent, _ in gathered.cases}
            found = await store.stops_of_today(session, now, list(agents))
        return [
            {"stop_id": stop.stop_id, "agent_id": stop.agent_id, "status": stop.status}
            for stop in found
            if (stop.agent_id, stop.case_id) in gathered.cases
        ]

    def _restless(self, now: datetime) -> set[str]:
        """Agents whose status has changed without a word from them: gone stale."""
        status = {key: facts.status(now) for key, facts in self._facts.items()}
        changed = {key for key in status if status[key] is not self._told_status.get(key)}
        self._told_status = status
        return changed

    async def keep_awake(self, now_s: float) -> None:
        """Send a sign of life to all who watch, when nothing else was sent for a while."""
        if now_s - self._sent_at_s >= SIGN_OF_LIFE_EVERY_S:
            await self._send(SIGN_OF_LIFE, now_s)

    async def _send(self, event: Event, now_s: float) -> None:
        self._sent_at_s = now_s
        for number, queue in enumerate(list(self.queues), start=1):
            if number % TOLD_AT_ONCE == 0:
                await asyncio.sleep(TOLD_EVERY_S)
            if queue.qsize() >= MOST_WAITING:
                self.queues.discard(queue)
                _only_reset(queue)
            else:
                queue.put_nowait(event)

    def _reading(self, database: Database) -> Any:
        return database.transaction(Scope(tuple(self.branch_ids)), read_only=True)


def _only_reset(queue: "asyncio.Queue[Event]") -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(RESET)
