"""What a pack proves: each thing that holds in plain words, or the first that differs.

Needs nothing but the file, and the list of heads that somebody kept where there is one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from geofence.evidence.canonical import canonical, parsed
from geofence.evidence.chain import FORMAT, content_hash, hashes, origin, ping_hash
from geofence.evidence.pack import HEADS, PACK, digest, finished
from geofence.evidence.record import FACTS, Kind

MEMBERS = {
    "format", "visit_id", "records", "pings", "chain", "names", "exported_at", "note", "digest",
}  # fmt: skip
CHAIN_MEMBERS = {"agent_id", "first_seq", "previous", "contents", "head"}
HEAD_MEMBERS = {"seq", "hash", "day", "day_is_over"}


T = TypeVar("T")


class NotAPack(Exception):
    """The file cannot be checked; the message says why."""


class _Differs(Exception):
    """The first thing that differs, as a sentence."""


@dataclass(slots=True)
class Report:
    """What holds, in the order in which it was looked at; `fault` is the first that does not.

    `missing_pings` are sealed in the version asked for, and not in the file any more.
    """

    title: str
    holds: list[str] = field(default_factory=list)
    fault: str | None = None
    missing_pings: int = 0


@dataclass(frozen=True, slots=True)
class NotedHeads:
    """A kept list of heads: each agent's number and hash."""

    heads: Mapping[str, tuple[int, str]]
    day: str
    digest: str


def check_pack(content: bytes, noted: NotedHeads | None = None) -> Report:
    """Check a pack, and against a kept list where given. Raises `NotAPack`."""
    return _understood(lambda: _check_pack(_opened(content, PACK), content, noted))


def read_heads(content: bytes) -> NotedHeads:
    """A list of heads, checked against its own digest. Raises `NotAPack`."""

    def read() -> NotedHeads:
        value = _opened(content, HEADS)
        if finished(value) != content:
            raise NotAPack("it is not as it was listed: its digest or its form differs")
        heads = {head["agent_id"]: (head["seq"], head["hash"]) for head in value["heads"]}
        return NotedHeads(heads, value["day"], value["digest"])

    return _understood(read)


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
        raise NotAPack("it is not put together as it should be, or damaged") from None


def _opened(content: bytes, form: str) -> Any:
    try:
        value = parsed(content)
    except ValueError:
        raise NotAPack("it is no JSON, or damaged") from None
    found = value.get("format") if isinstance(value, dict) else None
    if found != form:
        raise NotAPack(f"its format is not {form}")
    return value


def _check_pack(pack: Any, content: bytes, noted: NotedHeads | None) -> Report:
    report = Report(_title(pack))
    steps: tuple[Callable[[], str | None], ...] = (
        lambda: _chain(pack),
        lambda: _records(pack),
        lambda: _facts(pack),
        lambda: _pings(pack, report),
        lambda: _noted(pack, noted) if noted else None,
        lambda: _whole(pack),
        lambda: _form(pack, content),
    )
    try:
        for step in steps:
            if told := step():
                report.holds.append(told)
    except _Differs as difference:
        report.fault = str(difference)
    return report


def _title(pack: Any) -> str:
    asked = _asked(pack)["visit"]
    names = pack["names"]
    who = ", ".join(
        str(name) for case, name in names["customers"].items() if case in asked["case_ids"]
    )
    return (
        f"{names['agent']} at {who or 'no open case'}, {_minute(asked['began_at'])} to"
        f" {_minute(asked['ended_at'])} UTC: {asked['verdict']} (version {asked['version']},"
        f" {asked['change']})"
    )


def _asked(pack: Any) -> Any:
    """The record of the version that was asked for."""
    for record in pack["records"]:
        if record["kind"] == Kind.VISIT and record["visit"]["id"] == pack["visit_id"]:
            return record
    raise NotAPack("no record in it is of the visit that it is for")


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _chain_hashes(pack: Any) -> list[bytes]:
    chain = pack["chain"]
    contents = [bytes.fromhex(content) for content in chain["contents"]]
    return hashes(bytes.fromhex(chain["previous"]), contents)


def _chain(pack: Any) -> str:
    chain = pack["chain"]
    head, first = chain["head"], chain["first_seq"]
    if pack.keys() != MEMBERS or chain.keys() != CHAIN_MEMBERS or head.keys() != HEAD_MEMBERS:
        raise _Differs("The file has members that no pack has, or lacks some.")
    if first == 1 and chain["previous"] != origin(UUID(chain["agent_id"])).hex():
        raise _Differs("The chain does not begin as this agent's does.")
    found = _chain_hashes(pack)
    if first + len(found) - 1 != head["seq"]:
        raise _Differs(f"The chain has not as many records as its head says ({head['seq']}).")
    if found[-1].hex() != head["hash"]:
        raise _Differs(f"The chain does not lead to its head: record {head['seq']} differs.")
    return (
        f"The chain holds from record {first} to record {head['seq']}, the head of"
        f" {head['day']}: {head['hash']}."
    )


def _records(pack: Any) -> str:
    chain, before = pack["chain"], 0
    for record in pack["records"]:
        seq = record["seq"]
        place = seq - chain["first_seq"]
        if seq <= before or not 0 <= place < len(chain["contents"]):
            raise _Differs(f"Record {seq} is out of place.")
        before = seq
        if content_hash(canonical(record)).hex() != chain["contents"][place]:
            raise _Differs(f"Record {seq} ({_about(record)}) is not what was sealed.")
        if record["agent_id"] != chain["agent_id"] or record["format"] != FORMAT:
            raise _Differs(f"Record {seq} ({_about(record)}) is not of this chain.")
    versions = sum(record["kind"] == Kind.VISIT for record in pack["records"])
    facts = sum(record["kind"] in FACTS for record in pack["records"])
    withdrawn = any(record["kind"] == Kind.WITHDRAWN for record in pack["records"])
    return (
        f"All {len(pack['records'])} records are as they were sealed: {versions} of the visit,"
        f" {facts} of what the agent reported in its time."
        + (" The visit was WITHDRAWN later: it holds no more." if withdrawn else "")
    )


def _about(record: Any) -> str:
    kind = record["kind"]
    if kind in (Kind.VISIT, Kind.WITHDRAWN):
        visit = record["visit"]
        return f"version {visit['version']} of the visit of {_minute(visit['began_at'])} UTC"
    return f"{kind} of {_minute(record[kind.replace('-', '_')]['device_time'])} UTC"


def _facts(pack: Any) -> str | None:
    found, first = _chain_hashes(pack), pack["chain"]["first_seq"]
    shown = {record["seq"] for record in pack["records"]}
    for record in pack["records"]:
        for fact in record.get("facts", ()):
            if fact["seq"] not in shown:
                raise _Differs(
                    f"Record {fact['seq']}, which was known to record {record['seq']}, is left out."
                )
            if found[fact["seq"] - first].hex() != fact["hash"]:
                raise _Differs(f"Record {fact['seq']} is not the one known to {record['seq']}.")
    return None


def _pings(pack: Any, report: Report) -> str:
    sealed = {
        hash_
        for record in pack["records"]
        if record["kind"] == Kind.VISIT
        for hash_ in record["pings"]["sha256"]
    }
    shown = []
    for number, ping in enumerate(pack["pings"], 1):
        shown.append(ping_hash(ping))
        if shown[-1] not in sealed:
            raise _Differs(
                f"Ping {number}, taken at {ping['captured_at']}, is not one that was sealed."
            )
    if len(set(shown)) < len(shown):
        raise _Differs("A ping is shown twice.")
    asked = _asked(pack)["pings"]["sha256"]
    report.missing_pings = len(set(asked) - set(shown))
    told = f"All {len(shown)} pings in the file are as they were sealed."
    if report.missing_pings:
        told += (
            f" {report.missing_pings} of the {len(asked)} that were sealed are not in the file;"
            " pings are kept for a time only. Their hashes stay."
        )
    return told


def _noted(pack: Any, noted: NotedHeads) -> str:
    chain = pack["chain"]
    if chain["agent_id"] not in noted.heads:
        raise NotAPack(f"the list of {noted.day} names no chain of this agent")
    seq, hash_ = noted.heads[chain["agent_id"]]
    if not chain["first_seq"] <= seq <= chain["head"]["seq"]:
        raise NotAPack(
            f"the list of {noted.day} ends with record {seq}, the pack shows the chain from"
            f" {chain['first_seq']} to {chain['head']['seq']}: take the list of"
            f" {chain['head']['day']}, or export the pack again"
        )
    if _chain_hashes(pack)[seq - chain["first_seq"]].hex() != hash_:
        raise _Differs(f"Record {seq} is not the head that was listed on {noted.day}.")
    return (
        f"Record {seq} is the head that was listed on {noted.day}. The list's digest is"
        f" {noted.digest}: compare it with the one you noted down."
    )


def _whole(pack: Any) -> str:
    if pack["digest"] != digest(pack):
        raise _Differs(
            "Something that is not sealed was changed: a name, the time of export, the note or the"
            " file's own digest."
        )
    return f"The file is as it was exported at {pack['exported_at']}."


def _form(pack: Any, content: bytes) -> None:
    should = canonical(pack) + b"\n"
    if should != content:
        pairs = zip(should, content, strict=False)
        at = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(should), len(content)))
        raise _Differs(f"The file is not in its form from byte {at + 1} on; it was rewritten.")
