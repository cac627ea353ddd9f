"""What somebody with the owner's rights does to the database, with its triggers off, and what the checks say."""

from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.db import connection


@pytest.fixture
def as_owner(db: None) -> Callable[..., None]:
    """`as_owner(sql, *values)`: run it with the triggers off."""

    def run(sql: str, *values: Any) -> None:
        with pgtrigger.ignore(), connection.cursor() as cursor:
            cursor.execute(sql, values)

    return run


@pytest.fixture
def found(db: None) -> Callable[[], list[str]]:
    """The findings of a night, as verbs; nothing of them is recorded."""

    from hmis_portal.attesting import chain
    from hmis_portal.signing.verifying import anchors

    def night() -> list[str]:
        all_found, after = chain.extend(everything=True), 0
        while after is not None:
            after, more = chain.check(after)
            all_found += more
        return [one.what.value for one in [*all_found, *anchors.against()]]

    return night
