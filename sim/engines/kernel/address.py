"""How is the centre handed from function to function? By its address: one number instead of two hundred.

A named tuple of arrays is handed over by value: every call, and every copy of a call that the compiler makes,
names the pointer, the length and the strides of each array. Compiled, a centre is therefore laid down once a
run, and functions are handed where it lies; ``c.chats`` is read there. It does not change during the run, and
the optimiser is told so: what was read once need not be read again. Where nothing is compiled, the centre
itself is handed on.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba import extending
from numba.core import types
from numba.core.datamodel import models
from numba.core.typing import templates

from sim.compiled import IS_COMPILED
from sim.engines.kernel.records import Centre

# These have no types.
cgutils: Any = import_module("numba.core.cgutils")
imputils: Any = import_module("numba.core.imputils")
by_compiler: Any = extending.intrinsic


class Address(types.Type):
    """Where a named tuple lies; its attributes are the tuple's."""

    def __init__(self, state: types.NamedTuple) -> None:
        self.state = state
        super().__init__(name=f"Address({state.instance_class.__name__})")

    @property
    def key(self) -> Any:
        """What makes it the same type as another: the type of what lies there, columns and all."""
        return self.state


extending.register_model(Address)(models.OpaqueModel)


@extending.infer_getattr
class _Attributes(templates.AttributeTemplate):
    """The compiler asks here for the type of an attribute."""

    key = Address

    def generic_resolve(self, address: Address, name: str) -> Any:  # type: ignore[override]
        fields = address.state.fields
        return address.state.types[fields.index(name)] if name in fields else None


def _read(context: Any, builder: Any, address: Address, value: Any, name: str) -> Any:
    """Generate what reads an attribute."""
    there = builder.bitcast(value, context.get_value_type(address.state).as_pointer())
    i = address.state.fields.index(name)
    value = _load(builder, cgutils.gep_inbounds(builder, there, 0, i))
    return imputils.impl_ret_borrowed(context, builder, address.state.types[i], value)


def _load(builder: Any, place: Any) -> Any:
    """Generate what loads a value, number by number: the optimiser is told of each that it never changes."""
    kind = place.type.pointee
    if not isinstance(kind, (ir.LiteralStructType, ir.ArrayType)):
        number = builder.load(place)
        number.set_metadata("invariant.load", builder.module.add_metadata([]))
        return number
    value = ir.Constant(kind, ir.Undefined)
    n_parts = len(kind.elements) if isinstance(kind, ir.LiteralStructType) else kind.count
    for i in range(n_parts):
        value = builder.insert_value(value, _load(builder, cgutils.gep_inbounds(builder, place, 0, i)), i)
    return value


extending.lower_getattr_generic(Address)(_read)  # type: ignore[no-untyped-call]


def _lay_down(_typing: Any, centre: Any) -> Any:
    """Tell the compiler the type of an address, and generate what lays down a centre and gives it."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        # Woven into a loop, it would lie at one place again and again, which would change.
        builder.function.attributes.add("noinline")
        return builder.bitcast(cgutils.alloca_once_value(builder, arguments[0]), cgutils.voidptr_t)

    return Address(centre)(centre), generate


def _itself(centre: Centre) -> Centre:
    """Hand on the centre: where nothing is compiled, nothing is copied anyway."""
    return centre


by_address = cast("Callable[[Centre], Centre]", by_compiler(_lay_down) if IS_COMPILED else _itself)
"""Lay down a centre for a run, and hand on where it lies."""
