"""``./roundsman verify-audit``: heads that are noted down are read again."""

import pytest

from cli.verify_audit import heads_text, read_heads, tell
from core.ids import new_id
from identity.audit.verify import ChainReport, Head


def a_report(*faults: str) -> ChainReport:
    return ChainReport(new_id(), "NORTH", 3, 12, 1, None, Head(3, b"\1" * 32), faults)


def test_heads_that_were_noted_are_read_again() -> None:
    report = a_report()
    assert read_heads(heads_text([report])) == {report.branch_id: report.head}


@pytest.mark.parametrize("text", ["{", '{"no": 1}', "[1]", '{"branch_id": "x", "no": 1}'])
def test_what_is_no_list_of_heads_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_heads(text)


def test_faults_are_told_below_their_branch(capsys: pytest.CaptureFixture[str]) -> None:
    tell(a_report("seal 2 is missing"))
    told = capsys.readouterr().out
    assert "✗ NORTH: 12 events in 3 seals, 1 not yet sealed" in told
    assert "seal 2 is missing" in told
