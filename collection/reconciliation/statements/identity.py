"""Which line is which: equal deposits are two lines, the same line in two files is one.

A line is known by the bank's own number where there is one, else by all that the bank says. Of
lines that are equal in that on a day, their order in the file tells first from second. A file that
begins with the opening of a day counts from one; one that goes on within a day (its opening balance
is the closing balance of a statement that ends on that day) counts on from there.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from collection.reconciliation.statement import Line

Known = Mapping[tuple[date, bytes], int]
"""How many lines of a day and a fingerprint came before the statement."""


def fingerprint(line: Line) -> bytes:
    """What a line is recognized by in another file: 32 bytes."""
    said = (
        [line.bank_id, line.amount_minor]
        if line.bank_id
        else [line.valued_on.isoformat(), line.amount_minor, *line.references, line.text, line.code]
    )
    return hashlib.sha256(json.dumps(said).encode()).digest()


def identified(lines: Sequence[Line], before: Known) -> list[tuple[bytes, int]]:
    """The fingerprint of each line, and which of the equal ones of its day it is."""
    counts: Counter[tuple[date, bytes]] = Counter(before)
    found = []
    for line in lines:
        key = line.booked_on, fingerprint(line)
        counts[key] += 1
        found.append((key[1], counts[key]))
    return found


def totals_by_day(lines: Sequence[Line]) -> dict[date, int]:
    """What the lines of each day make, in minor units."""
    totals: dict[date, int] = defaultdict(int)
    for line in lines:
        totals[line.booked_on] += line.amount_minor
    return dict(totals)
