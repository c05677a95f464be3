"""Files of the pages and of the agents' app, as they are in the product."""

import re
import stat
from collections.abc import Callable
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

ASKED_AGAIN = "public, no-cache"
FOR_GOOD = "public, max-age=31536000, immutable"
_VERSION = re.compile(r"v[0-9a-f]{12}")


class KeptFiles(StaticFiles):
    """Files that a browser may keep, asking each time whether they are still the same; and not
    even that below the word that `version` has for all of them, which changes with them.

    A page asks for a hundred of them at once: they are read once and kept in memory.
    """

    def __init__(self, folder: Path, version: Callable[[], str] | None = None) -> None:
        super().__init__(directory=folder)
        self._version = version

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or that it is still the same. Raises as the framework's."""
        path, keep = self._kept(path)
        full_path, its = self.lookup_path(path)
        if scope["method"] != "GET" or its is None or not stat.S_ISREG(its.st_mode):
            return await super().get_response(path, scope)
        response = Response(
            _content(full_path, its.st_mtime_ns),
            headers={
                "ETag": f'"{its.st_mtime_ns:x}-{its.st_size:x}"',
                "Cache-Control": keep,
            },
            media_type=guess_type(full_path)[0] or "application/octet-stream",
        )
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response

    def _kept(self, path: str) -> tuple[str, str]:
        """The path below the folder, and for how long a browser may keep what is there. A page
        from before the last change gets what there is now, and does not keep it."""
        word, _, rest = path.partition("/")
        if self._version is None or not _VERSION.fullmatch(word):
            return path, ASKED_AGAIN
        return rest, FOR_GOOD if word == self._version() else ASKED_AGAIN


@lru_cache(maxsize=1_000)
def _content(full_path: str, changed_ns: int) -> bytes:
    return Path(full_path).read_bytes()
