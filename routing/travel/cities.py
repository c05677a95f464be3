"""The cities that a process plans in, each loaded once."""

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import shapely

from core.geometry import LatLon
from data.session import Session
from routing.errors import NoStreets, NoStreetsNear
from routing.speeds import store as speeds
from routing.speeds.paces import Paces
from routing.travel.city import City, open_city
from streets import store
from streets.cover import CITY_WITHIN_M, covering
from streets.errors import StreetFileMissing
from streets.graph import StreetGraph
from streets.profile import Profile
from streets.water import Water


class Cities:
    """Street networks of the database, made ready for planning when first asked for.

    Graph files are kept in `folder` by their hash, so that a process starts without fetching
    them again. A network that was replaced has another hash: whoever asks next gets the new one,
    who plans in the old one goes on with it, and with the last of these it leaves the memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, City] = {}
        self._loading: dict[str, asyncio.Lock] = {}
        self._paces: dict[str, tuple[dict[str, datetime], Paces]] = {}

    @property
    def loaded(self) -> frozenset[str]:
        """The hashes of the networks that this process has in memory for the next who asks."""
        return frozenset(self._open)

    async def at(self, session: Session, position: LatLon | None) -> City:
        """The city around a position: the smallest network that covers it, else the nearest one;
        with the newest of what was learned of its speeds.

        Without a position the newest. Raises `NoStreets`, and `NoStreetsNear` where the nearest is
        farther than `CITY_WITHIN_M`.
        """
        while True:
            networks = await store.networks(session)
            if not networks:
                raise NoStreets
            self._forget_replaced({info.graph_hash for info in networks})
            info, away_m = covering(networks, position)
            if away_m > CITY_WITHIN_M:
                raise NoStreetsNear(info.name, away_m)
            if info.graph_hash in self._open:
                return await self._learned(session, info, self._open[info.graph_hash])
            city = await self._load(session, info)
            if city is not None:
                active = {known.graph_hash for known in networks}
                await asyncio.to_thread(_remove_files, self._folder, active)
                return await self._learned(session, info, city)
            # It was replaced between the two questions: the next answer is the new one.

    async def of(self, session: Session, info: store.NetworkInfo) -> City | None:
        """The city of a network at default speeds; None when the network is gone."""
        return self._open.get(info.graph_hash) or await self._load(session, info)

    async def _learned(self, session: Session, info: store.NetworkInfo, city: City) -> City:
        newest = await speeds.newest_versions(session, info.name)
        if not newest:
            return city
        version, paces = self._paces.get(info.graph_hash, (None, None))
        if paces is None or version != newest:
            paces = Paces(
                {
                    Profile(profile): await speeds.version(session, info, profile, at)
                    for profile, at in newest.items()
                }
            )
            self._paces[info.graph_hash] = newest, paces
        return city.learned(paces)

    async def _load(self, session: Session, info: store.NetworkInfo) -> City | None:
        """A network that is not in memory yet, None when it is gone. Others need not wait."""
        lock = self._loading.setdefault(info.graph_hash, asyncio.Lock())
        async with lock:
            if info.graph_hash in self._open:
                return self._open[info.graph_hash]
            water = await store.water(session, info.id)
            path = self._folder / f"{info.graph_hash}.npz"
            try:
                city = await asyncio.to_thread(_open, path, water)
            except StreetFileMissing:
                content = await store.graph_file(session, info.id)
                if content is None:
                    return None
                await asyncio.to_thread(_keep, path, content)
                city = await asyncio.to_thread(_open, path, water)
            self._open[info.graph_hash] = city
            return city

    def _forget_replaced(self, active: set[str]) -> None:
        for graph_hash in self._open.keys() - active:
            del self._open[graph_hash]
            self._loading.pop(graph_hash, None)
            self._paces.pop(graph_hash, None)


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{id(content)}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _remove_files(folder: Path, active: set[str]) -> None:
    """Files of networks that are no longer in use; another process may do the same."""
    for path in folder.glob("*.npz"):
        if len(path.stem) == 64 and path.stem not in active:
            with suppress(FileNotFoundError):
                path.unlink()


def _open(path: Path, water: list[bytes]) -> City:
    graph = StreetGraph.load(path)
    return open_city(graph, Water([shapely.from_wkb(outline) for outline in water], graph.center))
