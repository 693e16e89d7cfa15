"""What every part of the scenario model shares: strictness, units, immutable tables."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from sim.scenario.frozen import Frozen

Value = TypeVar("Value")

PARENT, PARENT_KEY = "parent", "cash_mcny"
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"


class Part(BaseModel):
    """A table of a scenario: immutable, no unknown keys, no silent conversions, no nan."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


def unit_of(field: FieldInfo) -> str:
    """Return the unit a field is kept in, or nothing."""
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def measured(unit: str, **bounds: Any) -> Any:
    """Describe a number with a unit, for `Annotated`."""
    return Field(json_schema_extra={"unit": unit}, **bounds)


Name = Annotated[str, Field(pattern=NAME, max_length=64)]
Share = Annotated[float, measured("share", ge=0, le=1)]
Factor = Annotated[float, measured("ratio", ge=0)]
Table = Annotated[Mapping[Name, Value], AfterValidator(Frozen)]
