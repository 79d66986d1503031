"""Open311 answers held to the JSON schemas of the reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Check = Callable[[str, bytes], None]


def checker(real_data: Path) -> Check:
    """What holds JSON to one of the schemas, by its name."""
    folder = real_data / "protocols" / "open311"
    schemas = {
        f"{p.stem.removeprefix('schema_')}.json": json.loads(p.read_text()) for p in folder.glob("schema_*.json")
    }
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema, DRAFT202012)) for name, schema in schemas.items()
    )

    def checked(name: str, raw: bytes) -> None:
        make = validator_for(schemas[name], default=Draft202012Validator)
        make(schemas[name], registry=registry, format_checker=make.FORMAT_CHECKER).validate(json.loads(raw))

    return checked
