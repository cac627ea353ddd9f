"""The pages of an admin list: its rows are counted up to a bound, so that a record of millions opens at once."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.formats import number_format

COUNTED = 10_000  # rows of a list; of more it is said that there are more
WAITING_COUNTED = 1_000  # the same of a list of the desk
AHEAD = 10  # pages to which there are links from one beyond those


def count_words(counted: int, bound: int) -> str:
    """“120”, or “10,000+” of what was counted up to one beyond the bound."""
    words = number_format(min(counted, bound), force_grouping=True)
    return f"{words}+" if counted > bound else words


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """For whoever stands on `page`: all rows up to COUNTED, and so many beyond them as lead on from there."""

    def __init__(self, rows: QuerySet[Any], per_page: int, *, page: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows
        self.bound = max(COUNTED, (page + AHEAD) * per_page)

    @cached_property
    def _counted(self) -> int:
        return self.rows.order_by().values("pk")[: self.bound + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.bound)

    @property
    def count_words(self) -> str:
        return count_words(self._counted, self.bound)
