"""Step 1: what a manager confirms. Imports wait until Django is set up."""

from typing import Any

import pytest


@pytest.fixture
def requirement_texts(once: Any) -> None:
    from onboarding.application import requirements

    once(requirements.load)
