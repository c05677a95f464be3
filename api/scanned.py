"""Files that are read at once are looked through before: what has malware in it is not taken, and
while the scanner cannot be reached none is."""

from core.scanner import FileInfected, scanner_of
from core.settings import settings


async def check_file(content: bytes) -> None:
    """Raises `FileInfected`, or `ScannerUnreachable`; never where no scanner is set up."""
    scan = scanner_of(settings().scanner_url)
    found = await scan(content) if scan else None
    if found is not None:
        raise FileInfected(found)
