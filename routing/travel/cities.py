"""The cities that a process plans in, each loaded once."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from core.geometry import LatLon
from data.session import Session
from routing.errors import NoStreets
from routing.speeds import store as speeds
from routing.speeds.paces import Paces
from routing.travel.city import City, open_city
from streets import store
from streets.graph import StreetGraph
from streets.store import NetworkInfo


class Cities:
    """Street networks of the database, made ready for planning when first asked for.

    Graph files are kept in `folder` by their hash, so that a process starts without fetching
    them again; a network that was replaced has another hash and is loaded anew.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, City] = {}
        self._paces: dict[str, tuple[dict[str, datetime], Paces]] = {}
        self._lock = asyncio.Lock()

    async def at(self, session: Session, position: LatLon | None) -> City:
        """The city around a position (the newest, where none covers it), with the newest of what
        was learned of its streets. Raises `NoStreets`."""
        info = await store.network_at(session, position)
        if info is None:
            raise NoStreets
        return await self._learned(session, info, await self.of(session, info))

    async def of(self, session: Session, info: NetworkInfo) -> City:
        """The city of a network, at default speeds."""
        async with self._lock:
            if info.graph_hash not in self._open:
                path = self._folder / f"{info.graph_hash}.npz"
                if not await asyncio.to_thread(path.exists):
                    content = await store.graph_file(session, info.id)
                    await asyncio.to_thread(_keep, path, content)
                self._open[info.graph_hash] = await asyncio.to_thread(_load, path)
            return self._open[info.graph_hash]

    async def _learned(self, session: Session, info: NetworkInfo, city: City) -> City:
        newest = await speeds.newest_versions(session, info.name)
        if not newest:
            return city
        known, paces = self._paces.get(info.graph_hash, ({}, None))
        if known != newest or paces is None:
            by_profile = {
                profile: await speeds.version(session, info, profile, at)
                for profile, at in newest.items()
            }
            paces = Paces(city.graph, city.times, by_profile)
            self._paces[info.graph_hash] = newest, paces
        return replace(city, paces=paces)


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{id(content)}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _load(path: Path) -> City:
    return open_city(StreetGraph.load(path))
