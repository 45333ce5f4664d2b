"""Quantities that are written with their unit: ``350 ms``, ``-45 dBFS``, ``1 %``.

A field of one of these types reads text and holds a float (seconds, decibels, a fraction of one); it is written back
as text. A bare number is refused with a hint, so that nobody has to guess a unit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_WRITTEN = re.compile(r"\s*([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([^\s0-9.,+-]*)\s*")


@dataclass(frozen=True, eq=False)
class Quantity:
    """How one kind of quantity is written.

    ``units`` maps each unit to its factor; ``output`` names the units used for writing, the smallest first.
    """

    name: str
    units: Mapping[str, str]
    output: tuple[str, ...]
    example: str
    signed: bool = False

    def parse(self, value: object) -> float:
        """Return the number that ``value`` means. Raise ValueError that says how to write it."""
        match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
        if match is None or match[2] not in self.units:
            raise ValueError(self._hint(value, match[2] if match else ""))
        # Decimal, so that "350 ms" is exactly 0.35.
        number = Decimal(match[1]) * Decimal(self.units[match[2]])
        if number < 0 and not self.signed:
            raise ValueError("must not be negative")
        return float(number)

    def text(self, number: float) -> str:
        """Return the number as ``parse`` reads it."""
        fitting = [unit for unit in self.output if abs(number) >= float(self.units[unit])]
        unit = fitting[-1] if fitting else self.output[0]
        return f"{float(f'{number / float(self.units[unit]):.6g}'):g} {unit}"

    def within(self, low: str, high: str) -> "Within":
        """Return limits for the type of a field, both included."""
        return Within(self, low, high)

    def _hint(self, value: object, unit: str) -> str:
        known = ", ".join(self.units)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"needs its unit ({known}), for example '{self.example}'"
        if isinstance(value, str) and unit:
            return f"'{unit}' is not a unit of {self.name} ({known}), write for example '{self.example}'"
        return f"needs {self.name} with its unit ({known}), for example '{self.example}'"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(self.text, return_schema=core_schema.str_schema())
        return core_schema.no_info_plain_validator_function(self.parse, serialization=written)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        sign = "[+-]?" if self.signed else r"\+?"
        pattern = rf"^\s*{sign}[0-9]+(\.[0-9]+)?\s*({'|'.join(self.units)})\s*$"
        return {"type": "string", "pattern": pattern, "examples": [self.example]}


DURATION = Quantity("a duration", {"ms": "0.001", "s": "1", "min": "60", "h": "3600"}, ("ms", "s"), "350 ms")
LEVEL = Quantity("a level", {"dBFS": "1", "dB": "1"}, ("dB",), "-45 dBFS", signed=True)
PERCENT = Quantity("a percentage", {"%": "0.01"}, ("%",), "1 %")

Duration = Annotated[float, DURATION]
"""Text such as ``350 ms``, ``1.5 s`` or ``2 min``; the value is in seconds."""

Level = Annotated[float, LEVEL]
"""Text such as ``-45 dBFS`` or ``-20 dB``; the value is in decibels."""


@dataclass(frozen=True)
class Within:
    """Limits of a quantity in a field's type: ``Annotated[Duration, DURATION.within("0 ms", "3 s")]``."""

    quantity: Quantity
    low: str
    high: str

    def check(self, number: float) -> float:
        """Return the number itself. Raise ValueError when it lies outside."""
        if not self.quantity.parse(self.low) <= number <= self.quantity.parse(self.high):
            raise ValueError(f"must be between {self.low} and {self.high}")
        return number

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "$comment": f"between {self.low} and {self.high}"}


Percent = Annotated[float, PERCENT, PERCENT.within("0 %", "100 %")]
"""Text such as ``1 %``, at most ``100 %``; the value is a fraction of one."""


def written(default: str, description: str) -> Any:
    """Return a field that holds a quantity, with its default as the user would write it."""
    return Field(default, validate_default=True, description=description)
