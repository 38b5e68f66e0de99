"""When Python looks for unreachable cycles: never through what has long been there while somebody waits for an answer.

A full collection stops a process for as long as it has objects: with 1,000 open streams the API stood still for 50 to
300 ms every few seconds, because what a busy process makes counts as growth even when it is gone again. So what is
there is set aside, and gone through once in ten minutes.
https://docs.python.org/3/library/gc.html#gc.freeze
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

FULL_SECONDS = 600.0
"""Between two full collections."""

_YOUNG, _MIDDLE, _OLD = 5_000, 20, 1_000


def settle() -> None:
    """A full collection; what is left is set aside until the next one. Takes a tenth of a second or more."""
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def no_cycle_collection() -> Iterator[None]:
    """Events and rows hold no cycles; to look for some among hundreds of thousands takes as long as to fold them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
