"""Modes of the caller's that are switched off while a model is analysed."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch.overrides import (
    _get_current_function_mode_stack,  # type: ignore[attr-defined]
    _pop_mode,
    _push_mode,
)
from torch.utils._device import DeviceContext
from torch.utils._python_dispatch import _disable_current_modes


@contextmanager
def no_ambient_modes() -> Iterator[None]:
    """Switch off the caller's dispatch and function modes, and switch them on again.

    A counter of the caller's, or an analysis inside of which this one runs, would see the
    operators of this one. A default device stays: it decides where a model makes its tensors.
    """
    modes = list(_get_current_function_mode_stack())
    with _disable_current_modes():
        for _ in modes:
            _pop_mode()
        devices = [mode for mode in modes if isinstance(mode, DeviceContext)]
        for mode in devices:
            _push_mode(mode)
        try:
            yield
        finally:
            for _ in devices:
                _pop_mode()
            for mode in modes:
                _push_mode(mode)
