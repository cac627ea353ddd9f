"""What the doors share. Imports wait until Django is set up."""

from typing import Any

import pytest


@pytest.fixture
def door(db: None) -> Any:
    from training.models import Door

    return Door.objects.create(name="The learning site", kind=Door.Kind.XAPI)
