"""What stands in a letter."""

import re

from django.core import mail as outbox


def link_in(message: outbox.EmailMessage) -> str:
    found = re.search(r"http://localhost:8000(/\S+)", str(message.body))
    assert found
    return found[1]
