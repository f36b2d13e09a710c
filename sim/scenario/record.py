"""What is a record of a scenario? Frozen, hashable and valid from birth, whoever makes it.

What a record made in Python breaks is told as it is of a file: a `ScenarioError` with every problem.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, TypeVar, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import (
    CoreSchema,
    ErrorDetails,
    InitErrorDetails,
    PydanticCustomError,
    ValidationError,
    core_schema,
)

from sim.errors import ScenarioError
from sim.scenario.words import Place, did_you_mean, problems

BrokenLaw = tuple[Place, str, Any]
"""A place inside a record, the law in words (with a hint after "; "), the value that broke it."""


_KNOWN = frozenset(get_args(core_schema.ErrorType))
"""Types of pydantic's own errors."""

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


class _Told(ModelMetaclass):
    """Kind of records: what a call of one breaks is told in our words."""

    def __call__(cls, *args: Any, **data: Any) -> Any:  # noqa: N805  a metaclass's self is a class
        """Make a record.

        Raises
        ------
        ScenarioError
            With every law that the *data* break.
        """
        if args:
            raise TypeError(f"{cls.__name__} takes its fields by name: {', '.join(_names(cls))}")
        try:
            return super().__call__(**data)
        except ValidationError as error:
            raise ScenarioError(list(problems(error, data, cls.__name__, cls._advice))) from None

    def _advice(cls, detail: ErrorDetails, place: Place) -> str:  # noqa: N805  likewise
        """What may have been meant by a name that a record does not have."""
        if detail["type"] != "extra_forbidden" or len(place) > 1:
            return ""
        return did_you_mean(str(place[-1]), _names(cls)).removeprefix("; ")


def _names(kind: _Told) -> list[str]:
    return cast("type[Record]", kind).names()


class Record(BaseModel, metaclass=_Told):
    """Base of all records of a scenario: frozen, and no key is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def names(cls) -> list[str]:
        """Give the names of all fields."""
        return list(cls.model_fields)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Schema in which each key has its docstring: read only here, as it takes longer than all else."""
        schema = handler(core)
        keys = handler.resolve_ref_schema(schema)["properties"]
        for kind in cls.__mro__[: cls.__mro__.index(Record)]:
            for name, text in _docstrings(kind).items():
                keys[cls.model_fields[name].alias or name].setdefault("description", text)
        return schema

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Give a copy with some fields changed, as valid as any record.

        Raises
        ------
        ScenarioError
            With every law that it breaks.
        """
        if not update:
            return super().model_copy(deep=deep)
        names = {field.alias or name: name for name, field in type(self).model_fields.items()}
        return type(self)(**{alias: update.get(name, getattr(self, name)) for alias, name in names.items()})


def _docstrings(kind: type) -> dict[str, str]:
    """Docstrings below the fields of a *kind* of records, as its source has them."""
    return _of_module(kind.__module__).get(kind.__name__, {})


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    """Docstrings below the fields of all classes of a module, by class."""
    module = ast.parse(inspect.getsource(sys.modules[name]))
    return {each.name: dict(_below(each)) for each in module.body if isinstance(each, ast.ClassDef)}


def _below(kind: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Fields of a class with the docstrings below them."""
    for key, below in pairwise(kind.body):
        match key, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)


class Chosen(Record):
    """A record that is chosen among others by a key, which a file must give; in Python its class says so."""

    chosen_by: ClassVar[str]

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Schema of a file's table, in which the key is required."""
        schema = handler.resolve_ref_schema(super().__get_pydantic_json_schema__(core, handler))
        schema["properties"][cls.chosen_by].pop("default", None)
        schema["required"] = [
            cls.chosen_by,
            *(name for name in schema.get("required", ()) if name != cls.chosen_by),
        ]
        return schema


class ByDistribution(Chosen):
    """A record that is chosen by its `law`."""

    chosen_by: ClassVar[str] = "law"


K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dictionary that nobody changes, so that what holds it can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        return FrozenDict, (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("records are frozen: make a new one, as `sim.vary` does")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


def plain(key: str, *, or_many: bool = False, **rest: Any) -> BeforeValidator:
    """In Python a plain number may stand for a record that has it under a *key*; in a file it may not.

    With *or_many* a list or tuple may as well.
    """
    kinds = int | float | list | tuple if or_many else int | float

    def read(value: Any, info: ValidationInfo) -> Any:
        is_plain = isinstance(value, kinds) and not isinstance(value, bool)
        return {key: value, **rest} if is_plain and info.context is None else value

    return BeforeValidator(read)


def law_broken(*broken: BrokenLaw) -> ValidationError:
    """Error of one or more broken laws, each a place inside the record, the law in words and the value."""
    return ValidationError.from_exception_data("law", [law_line(*each) for each in broken])


def laws_and_all(error: ValidationError, broken: Iterable[BrokenLaw]) -> ValidationError:
    """What was wrong already, and more *broken* laws."""
    lines = [law_line(*each) for each in broken]
    for detail in error.errors(include_url=False):
        kind: Any = detail["type"]
        if kind not in _KNOWN:
            kind = PydanticCustomError(kind, "{law}", {"law": detail["msg"]})
        ctx = {key: value for key, value in detail.get("ctx", {}).items() if kind in _KNOWN}
        lines.append(InitErrorDetails(type=kind, loc=detail["loc"], input=detail["input"], ctx=ctx))
    return ValidationError.from_exception_data(error.title, lines)


def law_line(place: Place, law: str, value: Any) -> InitErrorDetails:
    """One broken law among other errors."""
    return InitErrorDetails(type=PydanticCustomError("law", "{law}", {"law": law}), loc=place, input=value)


def repeated(names: Sequence[str]) -> list[int]:
    """Places of the names that stood before.

    >>> repeated(["a", "b", "a", "a"])
    [2, 3]
    """
    return [k for k, name in enumerate(names) if name in names[:k]]
