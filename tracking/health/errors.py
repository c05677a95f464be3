"""What can go wrong with phones' health, calls for help and self-tests."""

from dataclasses import dataclass

from core.errors import NotFound
from core.said import say


@dataclass(eq=False)
class PanicNotFound(NotFound):
    """There is no such call for help among yours."""

    panic_id: str

    @property
    def detail(self) -> str:
        return say("Take the id from the facts of the alert")


@dataclass(eq=False)
class DeviceNotFound(NotFound):
    """There is no such phone among yours."""

    device_id: str


class NoSelfTest(NotFound):
    """This phone has not been tested yet."""

    @property
    def detail(self) -> str:
        return say("Start one with POST /v1/device/self-tests")
