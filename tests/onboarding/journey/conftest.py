"""Step 1: what a manager confirms. Imports wait until Django is set up."""

import pytest


@pytest.fixture
def requirement_texts(db: None) -> None:
    from onboarding.application import requirements

    requirements.load()
