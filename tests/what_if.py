"""A form of the desk that is sent from the page that says what it would do."""

from typing import Any
from unittest.mock import patch

from django.test import Client

from hmis_portal import tasks
from hmis_portal.models import WhatIf
from hmis_portal.what_if import trying


def sent_after_reading(client: Client, url: str, data: dict[str, Any], **how: Any) -> Any:
    """Send it, let a worker find out what it would do on the next day, and send it from there; the last answer."""
    with patch.object(trying, "HORIZON", 1):
        answer = client.post(url, data, **how)  # with a client that commits, it is found out at once
        row = WhatIf.objects.first()
        if row is None or row.page != url:
            return answer
        tasks.work_what_if(row.pk)
    return client.post(url, {**data, "_what_if": row.pk}, **how)
