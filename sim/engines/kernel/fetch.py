"""What will be needed soon? Hints to the processor to fetch a record from memory before it is looked at.

With thousands of agents what belongs to the next event is hardly ever in the nearest caches, and waiting for
it takes as long as the event. A hint changes no result, is never wrong, and is nothing where nothing is
compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from sim.compiled import IS_COMPILED
from sim.engines.kernel.records import Records


def _hint(typing_context: Any, rows: Any, place: Any) -> Any:
    """Compile a hint: how numba asks for its types and its code."""
    from llvmlite import ir  # type: ignore[import-untyped]  # noqa: PLC0415  only while compiling
    from numba.core import types  # noqa: PLC0415

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows_type, place_type = signature.args
        array = context.make_array(rows_type)(context, builder, arguments[0])
        number = context.cast(builder, arguments[1], place_type, types.intp)
        size = context.get_constant(types.intp, rows_type.dtype.size)
        address = builder.add(builder.ptrtoint(array.data, number.type), builder.mul(number, size))
        pointer, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        hint = builder.module.declare_intrinsic(
            "llvm.prefetch", [pointer], ir.FunctionType(ir.VoidType(), [pointer, whole, whole, whole])
        )
        to_write, nearest, data = whole(1), whole(3), whole(1)
        builder.call(hint, [builder.inttoptr(address, pointer), to_write, nearest, data])
        return context.get_dummy_value()

    return types.void(rows, place), generate


def _no_hint(rows: Records, place: int) -> None:
    """Do nothing: only compiled code can give hints."""


def _fetch() -> Callable[[Records, int], None]:
    if not IS_COMPILED:
        return _no_hint
    from numba.extending import intrinsic  # noqa: PLC0415  as above

    return cast("Callable[[Records, int], None]", intrinsic(_hint))


fetch = _fetch()
"""Have the record in a *place* among *rows* fetched."""
