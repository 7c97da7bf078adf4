"""Input schemas in the forms that public flows use, in words of our own: what a form has to cope with."""

from __future__ import annotations

from typing import Any

ID = "1a2b3c4d-1111-4111-8111-0123456789ab"
OTHER = "2b3c4d5e-2222-4222-8222-123456789abc"


def place(title: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "description": "A folder; its path must end with a slash.",
        "format": "globus-collection",
        "required": ["id", "path"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36},
            "path": {"type": "string", "pattern": "/$"},
        },
        "additionalProperties": False,
    } | more


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


SCHEMAS: dict[str, dict[str, Any]] = {
    "move: a default for what is required": closed(
        ["source", "destination", "recursive_tx"],
        source=place("From"),
        destination=place("To", default={"id": OTHER, "path": "/archive/"}),
        recursive_tx={"type": "boolean", "title": "Whole folders", "default": True},
    ),
    "all within input, with an order of its own": closed(
        ["input"],
        input={
            "type": "object",
            "required": ["source", "label"],
            "propertyOrder": ["label", "source", "missing"],
            "properties": {"source": place("From"), "label": {"type": "string", "maxLength": 9}},
            "additionalProperties": False,
        },
    ),
    "nullable in five ways": closed(
        ["a", "b", "c", "d", "e"],
        a={"type": ["string", "null"], "default": None},
        b={"type": ["string", "null"]},
        c={"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
        d={"oneOf": [{"type": "null"}, {"$ref": "#/$defs/mode"}]},
        e={"type": ["object", "null"], "properties": {"x": {"type": "string"}}},
    )
    | {"$defs": {"mode": {"enum": ["fast", "safe"]}}},
    "sync levels as numbers, texts and null": closed(
        ["sync_level"],
        sync_level={"enum": [None, "0", "1", "2", "3", 0, 1, 2, 3]},
        quick={"enum": ["null", None, "1", 1]},
    ),
    "values with titles": closed(
        ["how"], how={"oneOf": [{"const": 0, "title": "never"}, {"const": 1, "title": "always"}], "default": 0}
    ),
    "long dotted names": closed(
        [],
        pipeline_output={
            "type": "object",
            "required": ["source", "destination"],
            "properties": {"source": place("Results"), "destination": place("Results")},
        },
        **{
            "rawdata.destination.identity.number": {"type": "string"},
            "rawdata.destination.identity.name": {"type": "string", "title": "rawdata.destination.identity.number"},
            "rawdata": {"type": "object", "properties": {"destination.identity.number": {"type": "string"}}},
        },
    ),
    "keywords a level too deep": {
        "type": "object",
        "properties": {
            "tar": {
                "type": "object",
                "properties": {"level": {"type": "integer"}, "additionalProperties": False, "required": ["level"]},
            },
            "nothing": False,
            "anything": True,
            "additionalProperties": True,
        },
    },
    "references and definitions of both spellings": {
        "$ref": "#/definitions/whole",
        "definitions": {
            "whole": closed(["from"], **{"from": {"$ref": "#/$defs/place", "title": "Here"}, "to": {"$ref": "#place"}})
        },
        "$defs": {"place": {"$anchor": "place", **place("There")}},
    },
    "one part of allOf": closed(["n"], n={"allOf": [{"type": "integer", "maximum": 9}], "default": 3, "title": "N"}),
    "either of two": closed([], a={"type": "string"}, b={"type": "string"})
    | {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
    "what depends on what": closed([], mode={"enum": ["one", "many"]}, count={"type": "integer"})
    | {
        "if": {"properties": {"mode": {"const": "many"}}, "required": ["mode"]},
        "then": {"required": ["count"]},
        "dependentRequired": {"count": ["mode"]},
    },
    "lists": closed(
        ["names", "places"],
        names={"type": "array", "items": {"type": "string", "minLength": 2}, "minItems": 1, "uniqueItems": True},
        places={"type": "array", "items": place("One"), "default": []},
        sizes={"type": "array", "items": {"type": "integer"}},
    ),
    "formats": closed(
        [],
        who={"type": "string", "format": "globus-principal"},
        where={"type": "string", "format": "globus-collection"},
        when={"type": "string", "format": "date-time"},
        day={"type": "string", "format": "date"},
        mail={"type": "string", "format": "email"},
        link={"type": "string", "format": "uri"},
        task={"type": "object", "format": "globus-transfer-transfer#0.10"},
    ),
    "numbers": closed(
        ["zero"],
        zero={"type": "integer", "minimum": 0, "default": 0},
        share={"type": "number", "exclusiveMinimum": 0, "maximum": 1, "multipleOf": 0.25},
        either={"type": ["integer", "string"]},
    ),
    "one value": closed(["kind", "version"], kind={"const": "move", "default": "move"}, version={"const": 2}),
    "an empty text is a default": closed(["prefix"], prefix={"type": "string", "default": ""}),
    "any name, one kind of value": {"type": "object", "additionalProperties": {"type": "string"}},
    "patterns of names": closed(["a"], a={"type": "string"}) | {"patternProperties": {"^x-": {"type": "integer"}}},
    "optional object with required parts": closed(
        [],
        notify=closed(
            ["to", "when"], to={"type": "string", "format": "email"}, when={"type": "string", "default": "end"}
        ),
    ),
    "required object of optional parts": closed(["options"], options=closed([], deep={"type": "boolean"})),
    "says nothing": {"type": "object"},
}
