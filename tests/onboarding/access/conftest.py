"""Who gets into the HMIS, which asks for signatures and opens no signed file."""

import pytest


@pytest.fixture(autouse=True)
def _no_file_is_opened(files_wait: None) -> None:
    """They are not made either."""
