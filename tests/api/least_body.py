"""The least that a route of the served document takes for a body or for its query."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.ids import new_id

Values = Mapping[str, Any]
"""What fields are to say, by their names."""

_BY_FORMAT = {"date-time": "2026-11-23T12:00:00Z", "date": "2026-11-23", "time": "12:00:00"}

Wanted = Callable[[str, Mapping[str, Any]], bool]
"""Whether a field, by its name and its schema, is one that is looked for."""

_HERE = object()


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a route's body or query; `name` is its last part, `path` is all of it."""

    route: tuple[str, str]
    where: str
    path: str
    least: Any

    @property
    def name(self) -> str:
        """What the field is called where it stands."""
        return self.path.rsplit(".", 1)[-1].removesuffix("[]")

    @property
    def id(self) -> str:
        """What a test of it is called."""
        return f"{' '.join(self.route)} {self.where}:{self.path}"

    def saying(self, value: Any) -> Any:
        """The least body or query in which the field says `value`."""
        return _put(self.least, value)


def _put(told: Any, value: Any) -> Any:
    if told is _HERE:
        return value
    if isinstance(told, dict):
        return {key: _put(its, value) for key, its in told.items()}
    return [_put(one, value) for one in told] if isinstance(told, list) else told


class LeastBodies:
    """Makes bodies and queries for the routes of an OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def body(self, method: str, path: str, values: Values) -> Any:
        """What the route's body must have; None when it takes no JSON."""
        schema = self._body_schema(method, path)
        return None if schema is None else self._least(schema, values)

    def query(self, method: str, path: str, values: Values) -> dict[str, Any]:
        """What the route's query must have."""
        return {
            p["name"]: self._least(p["schema"], values, p["name"])
            for p in self._queried(method, path)
            if p.get("required")
        }

    def places(self, wanted: Wanted, values: Values) -> Iterator[Place]:
        """Every field of every body and query that is `wanted`, needed or not, once for each way
        to say it. `values` are of the fields beside it."""
        for path, item in sorted(self._document["paths"].items()):
            for method in map(str.upper, item):
                route = method, path
                for p in self._queried(method, path):
                    for of, value in self._each(p["schema"], values, wanted, p["name"]):
                        query = self.query(method, path, values)
                        yield Place(route, "query", of, query | {p["name"]: value})
                schema = self._body_schema(method, path)
                if schema is not None:
                    for of, value in self._each(schema, values, wanted):
                        yield Place(route, "body", of.strip("."), value)

    def _body_schema(self, method: str, path: str) -> Mapping[str, Any] | None:
        content = self._operation(method, path).get("requestBody", {}).get("content", {})
        schema: Mapping[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    def _queried(self, method: str, path: str) -> list[Any]:
        parameters = self._operation(method, path).get("parameters", ())
        return [p for p in parameters if p["in"] == "query"]

    def _operation(self, method: str, path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._document["paths"][path][method.lower()]
        return found

    def _referred(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        name = schema["$ref"].rsplit("/", 1)[1]
        found: Mapping[str, Any] = self._document["components"]["schemas"][name]
        return found

    def _each(
        self, schema: Mapping[str, Any], values: Values, wanted: Wanted, path: str = ""
    ) -> Iterator[tuple[str, Any]]:
        """The ways to say the least with a wanted field in it: where that is, and what is said."""
        if "$ref" in schema:
            yield from self._each(self._referred(schema), values, wanted, path)
        elif wanted(path.rsplit(".", 1)[-1].removesuffix("[]"), schema):
            yield path, _HERE
        elif either := schema.get("anyOf") or schema.get("oneOf"):
            for one in either:
                yield from self._each(one, values, wanted, path)
        elif schema.get("type") == "object":
            least = self._least(schema, values)
            for key, its in schema.get("properties", {}).items():
                for of, value in self._each(its, values, wanted, f"{path}.{key}"):
                    yield of, least | {key: value}
        elif schema.get("type") == "array":
            others = self._least(schema, values)[1:]
            for of, value in self._each(schema["items"], values, wanted, f"{path}[]"):
                yield of, [value, *others]

    def _least(  # noqa: PLR0911 - one for each kind of schema
        self, schema: Mapping[str, Any], values: Values, name: str = ""
    ) -> Any:
        if name in values:
            return values[name]
        if "$ref" in schema:
            return self._least(self._referred(schema), values, name)
        if either := schema.get("anyOf") or schema.get("oneOf"):
            return self._least(either[0], values, name)
        if "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        match schema.get("type"):
            case "object":
                required = schema.get("required", [])
                return {
                    key: self._least(its, values, key)
                    for key, its in schema.get("properties", {}).items()
                    if key in required
                }
            case "array":
                one = self._least(schema["items"], values, name.removesuffix("s"))
                return [one] * schema.get("minItems", 0)
            case "integer" | "number":
                return max(schema.get("minimum", 0), schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
        if schema.get("format") == "uuid":
            return str(new_id())
        return _BY_FORMAT.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
