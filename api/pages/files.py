"""Files of the pages and of the agents' app, as they are in the product."""

import stat
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope


class KeptFiles(StaticFiles):
    """Files that a browser may keep, asking each time whether they are still the same.

    A page asks for a hundred of them at once: they are read once and kept in memory.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or that it is still the same. Raises as the framework's."""
        full_path, its = self.lookup_path(path)
        if scope["method"] != "GET" or its is None or not stat.S_ISREG(its.st_mode):
            return await super().get_response(path, scope)
        response = Response(
            _content(full_path, its.st_mtime_ns),
            headers={
                "ETag": f'"{its.st_mtime_ns:x}-{its.st_size:x}"',
                "Cache-Control": "public, no-cache",
            },
            media_type=guess_type(full_path)[0] or "application/octet-stream",
        )
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


@lru_cache(maxsize=1_000)
def _content(full_path: str, changed_ns: int) -> bytes:
    return Path(full_path).read_bytes()
