"""A mapping that cannot be changed, can be pickled, and prints as a dict."""

from typing import Any, NoReturn, TypeVar

Value = TypeVar("Value")


class Frozen(dict[str, Value]):
    """A dict that refuses every change."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a scenario does not change; make another one with scenario.with_({...})")

    __setitem__ = _refuse
    __delitem__ = _refuse
    __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return Frozen, (dict(self),)
