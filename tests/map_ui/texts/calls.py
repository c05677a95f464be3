"""How a module asks for its texts: with which parts."""

import re
from collections.abc import Iterator

CALL = re.compile(r'(?<![\w.])(tn?)\((?=\s*")')
PART = re.compile(r"\{(\w+)\}")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def calls(source: str) -> Iterator[tuple[str, set[str], set[str]]]:
    """Each text that is asked for, the parts that it has, and those that are filled in. Calls whose
    parts are not written out there are left out."""
    for call in CALL.finditer(source):
        first, *others = arguments(source, call.end())
        wanted = set(PART.findall(first))
        if call[1] == "tn":
            wanted |= set(PART.findall(others[0]))
            wanted -= {"count"}
            others = others[2:]
        written = others[0].strip() if others else "{}"
        if written.startswith("{"):
            pairs = [each.strip() for each in arguments(written, 1)]
            yield first, wanted, {re.split(r"\W", pair, maxsplit=1)[0] for pair in pairs if pair}


def arguments(source: str, at: int) -> list[str]:
    """What stands between commas from `at` to the bracket that closes it."""
    found, depth = [""], 0
    while depth or source[at] not in ")}":
        if source[at] == "," and not depth:
            found.append("")
            at += 1
            continue
        if source[at] == "`":
            end = end_of_literal(source, at + 1)
        elif string := STRING.match(source, at):
            end = string.end()
        else:
            depth += (source[at] in "([{") - (source[at] in ")]}")
            end = at + 1
        found[-1] += source[at:end]
        at = end
    return found


def end_of_literal(source: str, at: int) -> int:
    """Behind the backtick that ends the template literal in which `at` lies."""
    while source[at] != "`":
        if source.startswith("${", at):
            at += 2
            depth = 0
            while depth or source[at] != "}":
                if source[at] == "`":
                    at = end_of_literal(source, at + 1)
                    continue
                depth += (source[at] == "{") - (source[at] == "}")
                at += 1
        at += 2 if source[at] == "\\" else 1
    return at + 1
