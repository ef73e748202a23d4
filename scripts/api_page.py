#!/usr/bin/python3
"""Makes docs/api.md from docs/openapi.json: api_page.py [openapi.json] > docs/api.md

A section for each tag, with its operations: who may, parameters, the body, the answer. Schemas with a name follow once.
"""

import json
import sys
from pathlib import Path

METHODS = ("get", "post", "put", "patch", "delete")
SCHEMA = "#/components/schemas/"
PARAMETER = "#/components/parameters/"


def cell(text):
    """Within a table: a bar would end the cell, a star or an angle begin something else."""
    return str(text).replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;").replace("\n", " ")


def anchor(name):
    return f"[{name}](#{name.lower()})"


def type_of(schema):
    """In a few words: "text or null", "list of Alert"."""
    if "$ref" in schema:
        return anchor(schema["$ref"].removeprefix(SCHEMA))
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(type_of(s) for s in schema[key])
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    kinds = schema.get("type", "anything")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    names = {"integer": "number", "string": "text", "boolean": "true or false", "array": "list", "number": "fraction"}
    text = " or ".join(names.get(k, k) for k in kinds)
    if "enum" in schema:
        text = ", ".join(f"`{v}`" for v in schema["enum"] if v is not None) + (" or null" if None in schema["enum"] else "")
    if "array" in kinds and schema.get("items"):
        text = text.replace("list", f"list of {type_of(schema['items'])}")
    if isinstance(schema.get("additionalProperties"), dict):
        text += f" of {type_of(schema['additionalProperties'])}"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        text += f", {low} to {high}"
    elif low is not None:
        text += f", from {low}"
    if "maxLength" in schema:
        text += f", at most {schema['maxLength']} bytes"
    if "default" in schema:
        text += f", else {schema['default']}"
    return text


def rows(schema, prefix=""):
    """(name, type, needed, meaning) of each property, nested objects with their path."""
    needed = schema.get("required", [])
    for name, s in schema.get("properties", {}).items():
        yield prefix + name, type_of(s), name in needed, s.get("description", "")
        inner, mark = s, ""
        if s.get("type") == "array":
            inner, mark = s.get("items", {}), "[]"
        if inner.get("properties"):
            yield from rows(inner, f"{prefix}{name}{mark}.")


def table(schema, needed):
    """needed: say which may be missing."""
    found = list(rows(schema))
    if not found:
        return []
    head = "| key | type |" + (" needed |" if needed else "") + " meaning |"
    return [head, "|---" * (head.count("|") - 1) + "|"] + [
        f"| `{name}` | {cell(kind)} |" + ((" yes |" if must else " |") if needed else "") + f" {cell(meaning)} |"
        for name, kind, must, meaning in found]


def parameters(doc, operation):
    lines = []
    for p in operation.get("parameters", []):
        if "$ref" in p:
            p = doc["components"]["parameters"][p["$ref"].removeprefix(PARAMETER)]
        if p["in"] == "query":
            lines.append(f"| `{p['name']}` | {cell(type_of(p['schema']))} | {cell(p.get('description', ''))} |")
    return ["| parameter | type | meaning |", "|---|---|---|", *lines] if lines else []


def content(part):
    """(media type, schema), or None."""
    for media, what in (part or {}).get("content", {}).items():
        return media, what["schema"]
    return None


def body_lines(operation):
    found = content(operation.get("requestBody"))
    if not found:
        return []
    schema = found[1]
    if "properties" in schema:
        return ["Body:", "", *table(schema, True)]
    return [f"Body: {type_of(schema)}"]


def answer_lines(operation):
    for status, answer in operation["responses"].items():
        if status == "default":
            continue
        found = content(answer)
        if not found:
            return [f"Answer: {status}, without content"]
        media, schema = found
        if media != "application/json":
            return [f"Answer: {status}, {media}: {answer['description']}"]
        if "properties" in schema:
            return [f"Answer: {status}", "", *table(schema, False)]
        return [f"Answer: {status}, {type_of(schema)}"]
    return []


def operation_lines(doc, path, method, operation):
    role = operation["x-role"]
    kind = "WebSocket" if operation.get("x-websocket") else method.upper()
    yield f"### {kind} {path}"
    who = "No login is needed." if role == "none" else f"Takes {role}."
    text = operation["summary"].rstrip(".") + ". " + operation.get("description", "")
    yield text.strip() + " " + who
    for part in (parameters(doc, operation), body_lines(operation), answer_lines(operation)):
        if part:
            yield "\n".join(part)


def markdown(doc):
    parts = ["# API", "Made from docs/openapi.json by scripts/api_page.py; the server hands that out at `/api/v1/openapi.json`.",
             doc["info"]["description"]]
    for tag in doc["tags"]:
        parts += [f"## {tag['name'][0].upper()}{tag['name'][1:]}", tag["description"].rstrip(".") + "."]
        for path, at in doc["paths"].items():
            for method in METHODS:
                if method in at and tag["name"] in at[method]["tags"]:
                    parts += operation_lines(doc, path, method, at[method])
    parts += ["## Schemas", "Keys that may be missing from an answer are marked."]
    for name, schema in doc["components"]["schemas"].items():
        parts.append(f"### {name}")
        if "description" in schema:
            parts.append(schema["description"][0].upper() + schema["description"][1:].rstrip(".") + ".")
        lines = table(schema, False)
        if "properties" in schema:
            missing = [n for n in schema["properties"] if n not in schema.get("required", [])]
            lines = [line.replace("` |", "`, may be missing |", 1) if any(line.startswith(f"| `{m}` ") for m in missing) else line
                     for line in lines]
        parts.append("\n".join(lines) if lines else type_of(schema))
    return "\n\n".join(parts) + "\n"


def main():
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
    sys.stdout.write(markdown(json.loads(source.read_text())))


if __name__ == "__main__":
    main()
