"""Rows that are written once."""

from typing import ClassVar

import pgtrigger
from django.db import models


class AppendOnly(models.Model):
    """A row that is written once: UPDATE, DELETE and TRUNCATE are refused by the database itself."""

    class Meta:
        abstract = True
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # PostgreSQL has no TRUNCATE triggers for each row.
            pgtrigger.Trigger(
                name="no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
            ),
        ]
