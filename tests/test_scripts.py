"""The browser's modules: what no test of a page would notice before somebody clicks there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

ROOT = Path(__file__).parents[1]
FOLDERS = ("agent_app", "map_ui/static")
MODULES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.js")
    if "vendor" not in path.parts
)
PARSER = Parser(Language(tree_sitter_javascript.language()))
NAMES = {"identifier", "shorthand_property_identifier_pattern"}
BROWSERS = """
AbortSignal Array Blob Boolean BroadcastChannel CSS CryptoKey CustomEvent DOMException
DOMParser Date Error Event EventSource File FileReader Float64Array FormData
HTMLMediaElement HTMLVideoElement Headers Infinity Intl JSON Map Math Notification Number
Object OffscreenCanvas Option PerformanceObserver Promise RadioNodeList RegExp Request
ResizeObserver Set String TextDecoder TextEncoder URL URLSearchParams Uint32Array Uint8Array
WeakMap WeakSet XMLHttpRequest addEventListener atob await btoa caches cancelAnimationFrame
clearTimeout console createImageBitmap crypto decodeURIComponent devicePixelRatio document
encodeURIComponent fetch getComputedStyle globalThis history importScripts innerHeight
localStorage location matchMedia navigator parseFloat performance queueMicrotask
requestAnimationFrame scrollTo self sessionStorage setInterval setTimeout structuredClone
window
"""
"""What browsers have by themselves, and is used here."""
DECLARATIONS = ("function_declaration", "generator_function_declaration", "class_declaration")


def every(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order of the text."""
    yield node
    for child in node.children:
        yield from every(child)


def bound(pattern: Node | None) -> Iterator[Node]:
    """The names that a pattern binds: `a`, `b` and `c` of `{ a, x: [b], ...c }`."""
    if pattern is None:
        return
    if pattern.type in NAMES:
        yield pattern
    elif pattern.type == "pair_pattern":
        yield from bound(pattern.child_by_field_name("value"))
    elif pattern.type in ("assignment_pattern", "object_assignment_pattern"):
        yield from bound(pattern.child_by_field_name("left"))
    else:
        for child in pattern.named_children:
            yield from bound(child)


def declared(node: Node) -> Iterator[Node]:
    """The names that a node itself declares."""
    if node.type in ("variable_declarator", *DECLARATIONS):
        yield from bound(node.child_by_field_name("name"))
    elif node.type == "formal_parameters":
        for parameter in node.named_children:
            yield from bound(parameter)
    elif node.type in ("arrow_function", "catch_clause"):
        yield from bound(node.child_by_field_name("parameter"))
    elif node.type == "for_in_statement" and node.child_by_field_name("kind"):
        yield from bound(node.child_by_field_name("left"))


def words(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def is_inside(node: Node) -> bool:
    """Whether it stands in a function, a loop or a block, and not at the module's top."""
    above = node.parent
    while above and above.type in (
        "lexical_declaration",
        "variable_declaration",
        "export_statement",
    ):
        above = above.parent
    return above is not None and above.type != "program"


def imported(tree: Node) -> list[Node]:
    """The names under which a module knows what it imports."""
    clauses = [node for node in every(tree) if node.type == "import_clause"]
    specifiers = [
        node for clause in clauses for node in every(clause) if node.type == "import_specifier"
    ]
    named = [each.child_by_field_name("alias") or each.child_by_field_name("name")
             for each in specifiers]  # fmt: skip
    whole = [child for clause in clauses for child in clause.named_children
             if child.type == "identifier"]  # fmt: skip
    spaces = [child for clause in clauses for node in every(clause)
              if node.type == "namespace_import" for child in node.named_children]  # fmt: skip
    return [node for node in (*named, *whole, *spaces) if node is not None]


def used(tree: Node) -> set[str]:
    """The names that a module's statements use."""
    return {
        words(node)
        for statement in tree.children
        if statement.type != "import_statement"
        for node in every(statement)
        if node.type in ("identifier", "shorthand_property_identifier")
    }


def in_modules(found: Callable[[Node], list[str]]) -> dict[str, list[str]]:
    """What is found in modules, by their path; those in which nothing is are left out."""
    trees = {path: PARSER.parse(path.read_bytes()).root_node for path in MODULES}
    assert not [path for path, tree in trees.items() if tree.has_error]
    told = {str(path.relative_to(ROOT)): found(tree) for path, tree in trees.items()}
    return {path: names for path, names in told.items() if names}


def test_a_name_of_a_module_means_one_thing_in_it() -> None:
    """A function's own `tell` took the place of the imported one, which it meant to call."""

    def again(tree: Node) -> list[str]:
        found = [(node, name) for node in every(tree) for name in declared(node)]
        top = {words(name) for node, name in found if not is_inside(node)}
        top |= {words(name) for name in imported(tree)}
        return [
            f"line {name.start_point.row + 1}: {words(name)}"
            for node, name in found
            if is_inside(node) and words(name) in top
        ]

    assert in_modules(again) == {}


def test_what_a_module_imports_is_used() -> None:
    def unused(tree: Node) -> list[str]:
        names = used(tree)
        return [words(name) for name in imported(tree) if words(name) not in names]

    assert in_modules(unused) == {}


def test_what_a_module_uses_is_there() -> None:
    def missing(tree: Node) -> list[str]:
        known = {words(name) for node in every(tree) for name in declared(node)}
        known |= {words(name) for name in imported(tree)}
        return sorted(used(tree) - known - set(BROWSERS.split()))

    assert in_modules(missing) == {}
