"""Read, write and restore containers by the methods of their built-in classes.

A subclass may refuse, check, count or log what its own methods do; none of them is called.
"""

from collections import OrderedDict, deque
from operator import is_
from typing import Any

CONTAINERS = (list, dict, deque, set)


def base_of(store: Any) -> Any:
    """The built-in class of a container, whose methods no subclass can override."""
    if isinstance(store, dict):
        return OrderedDict if isinstance(store, OrderedDict) else dict
    return next(base for base in CONTAINERS if isinstance(store, base))


def contents(store: Any) -> Any:
    """A plain copy of what a container holds, read without the methods of a subclass."""
    if type(store) is dict:
        return store.copy()
    base = base_of(store)
    if isinstance(store, dict):
        return {key: dict.__getitem__(store, key) for key in base.__iter__(store)}
    return list(base.__iter__(store))


def values_in(original: Any) -> list[Any]:
    """The values of what ``contents`` returns, in order."""
    return list(original.values()) if isinstance(original, dict) else original


def write(store: Any, original: Any, values: list[Any]) -> None:
    """Put ``values`` where those of ``original`` are now, without the methods of a subclass."""
    if all(map(is_, values, values_in(original))):
        return
    base = base_of(store)
    if isinstance(store, set):
        set.clear(store)
        set.update(store, values)
    else:
        keys = original if isinstance(original, dict) else range(len(values))
        for key, value in zip(keys, values, strict=True):
            base.__setitem__(store, key, value)


def restore(store: Any, original: Any) -> None:
    """Make a container hold what it held, in the same order; write only where it differs."""
    now = contents(store)
    if isinstance(now, dict):
        same = len(now) == len(original) and all(map(is_, now, original))
    else:
        same = len(now) == len(original)
    if same and not isinstance(store, set):
        base = base_of(store)
        keys = original if isinstance(original, dict) else range(len(original))
        for key, new, old in zip(keys, values_in(now), values_in(original), strict=True):
            if new is not old:
                base.__setitem__(store, key, old)
        return
    if isinstance(store, set) and same and set(map(id, now)) == set(map(id, original)):
        return
    base = base_of(store)
    base.clear(store)
    if isinstance(store, dict):
        for key, old in original.items():
            base.__setitem__(store, key, old)
    elif isinstance(store, set):
        set.update(store, original)
    else:
        base.extend(store, original)
