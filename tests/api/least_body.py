"""The least that a route of the served document takes for a body or for its query."""

from collections.abc import Mapping
from typing import Any

from core.ids import new_id

Values = Mapping[str, Any]
"""What fields are to say, by their names."""

_BY_FORMAT = {"date-time": "2026-11-23T12:00:00Z", "date": "2026-11-23", "time": "12:00:00"}


class LeastBodies:
    """Makes bodies and queries for the routes of an OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def body(self, method: str, path: str, values: Values) -> Any:
        """What the route's body must have; None when it takes no JSON."""
        content = self._operation(method, path).get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return None
        return self._least(content["application/json"]["schema"], values)

    def query(self, method: str, path: str, values: Values) -> dict[str, Any]:
        """What the route's query must have."""
        return {
            p["name"]: self._least(p["schema"], values, p["name"])
            for p in self._operation(method, path).get("parameters", ())
            if p["in"] == "query" and p.get("required")
        }

    def _operation(self, method: str, path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._document["paths"][path][method.lower()]
        return found

    def _least(  # noqa: PLR0911 - one for each kind of schema
        self, schema: Mapping[str, Any], values: Values, name: str = ""
    ) -> Any:
        if name in values:
            return values[name]
        if "$ref" in schema:
            found = self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            return self._least(found, values, name)
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
                return [one] if schema.get("minItems") else []
            case "integer" | "number":
                return max(schema.get("minimum", 0), schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
        if schema.get("format") == "uuid":
            return str(new_id())
        return _BY_FORMAT.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
