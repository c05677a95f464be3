"""Take a street network out of use."""

from data.session import Session
from streets import store
from streets.errors import UnknownNetwork


async def remove(session: Session, name: str) -> None:
    """Remove a network by its name. Plans that run in it are finished. Raises `UnknownNetwork`."""
    await store.lock_publishing(session)
    if not await store.remove_network(session, name):
        raise UnknownNetwork(name, tuple(info.name for info in await store.networks(session)))
