"""The addresses of many rows, where asking `reverse` for each would cost more than the row."""

from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse


def address_of(page: str, *rows: UUID | str, rest: tuple[str, ...] = ()) -> str:
    """The address of a page of one row or of one within another; `rest` is what its address asks besides."""
    return _pattern(page, len(rows), rest, get_script_prefix()).format(*rows)


@lru_cache(maxsize=256)
def _pattern(page: str, rows: int, rest: tuple[str, ...], prefix: str) -> str:
    marks = [UUID(int=number) for number in range(rows)]
    address = reverse(page, args=[*marks, *rest])
    for number, mark in enumerate(marks):
        address = address.replace(str(mark), f"{{{number}}}")
    return address
