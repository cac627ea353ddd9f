"""Room for the frames of all that a request, a task or a command calls.

CPython (3.11 and later) keeps the frames of a thread in pieces of 16 KiB. A call that does not fit into the piece asks the
kernel for another, and gives it back when it returns: a loop at just that depth does so at each turn. Pages are built
deep within middleware, templates and queries, and paid up to half of their time for it.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# In words of eight bytes: half a mebibyte. A frame that fits into no piece gets one of twice its size at least (CPython's
# `push_chunk`), and whatever is called from it has the rest, which is more than a thousand calls within one another need.
FRAME = 2**16


def in_one_piece(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, whose calls need no other piece. As it takes `get_response`, it is a middleware, too."""

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=FRAME)
    return wraps(function)(call)
