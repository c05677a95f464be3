"""Files are handed to a scanner over a real connection."""

import pytest

from core.scanner import NoVerdict, ScannerUnreachable, scanner_of
from tests.clamd import MALWARE, a_clamd


async def test_a_file_is_looked_through_to_its_last_byte() -> None:
    async with a_clamd() as clamd:
        scan = scanner_of(clamd.url)
        assert scan is not None
        assert await scan(b"") is None
        assert await scan(b"a" * 200_000) is None
        assert await scan(b"a" * 199_000 + MALWARE) == "Test.Malware"
        assert clamd.seen == [0, 200_000, 199_000 + len(MALWARE)]


async def test_what_says_nothing_of_the_file_is_no_pass() -> None:
    async with a_clamd(most_bytes=100) as clamd:
        scan = scanner_of(clamd.url)
        assert scan is not None
        with pytest.raises(NoVerdict, match="size limit"):
            await scan(b"a" * 101)
    with pytest.raises(ScannerUnreachable):
        await scan(b"a")  # nobody listens there any more


def test_without_a_setting_there_is_none() -> None:
    assert scanner_of(None) is None
