"""The addresses of many rows, where asking `reverse` for each would cost more than the row."""

from collections.abc import Callable
from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse


def address_of(page: str, *rows: UUID | str | int, rest: tuple[str, ...] = ()) -> str:
    """The address of a page of one row or of one within another; `rest` is what its address asks besides."""
    counted = tuple(isinstance(row, int) for row in rows)
    return _pattern(page, counted, rest, get_script_prefix()).format(*rows)


def addresses_of(page: str) -> Callable[[UUID], str]:
    """The same for a list of rows, each with a page of its own: what is true of all is found out once."""
    return _pattern(page, (False,), (), get_script_prefix()).format


@lru_cache(maxsize=256)
def _pattern(page: str, counted: tuple[bool, ...], rest: tuple[str, ...], prefix: str) -> str:
    """`counted`: whether each row's key is a number."""
    marks = [10**38 + number if is_count else UUID(int=number) for number, is_count in enumerate(counted)]
    address = reverse(page, args=[*marks, *rest])
    for number, mark in enumerate(marks):
        address = address.replace(str(mark), f"{{{number}}}")
    return address
