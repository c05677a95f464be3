"""What can go wrong with files that come in parts."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound


@dataclass(eq=False)
class UploadNotFound(NotFound):
    """There is no such upload of yours, or it has expired."""

    id: str

    @property
    def detail(self) -> str:
        return f"Begin upload {self.id} again"


@dataclass(eq=False)
class OffsetDiffers(Conflict):
    """The part does not begin where the upload has come to."""

    id: str
    offset_bytes: int

    @property
    def detail(self) -> str:
        return f"Go on from byte {self.offset_bytes:,}"


@dataclass(eq=False)
class UploadIncomplete(Conflict):
    """Not all of the file has come yet."""

    id: str
    offset_bytes: int
    size_bytes: int

    @property
    def detail(self) -> str:
        return f"Go on from byte {self.offset_bytes:,} of {self.size_bytes:,}"


@dataclass(eq=False)
class UploadDamaged(Conflict):
    """What came is not the file that was told of."""

    id: str

    @property
    def detail(self) -> str:
        return "Its SHA-256 is another. All parts were forgotten: begin from the first byte"
