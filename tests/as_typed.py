"""Every free-text column of the database made to read like a template and like HTML."""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.db import models

from hmis_portal.models import forget_settings

TYPED = '{{ 7|add:"7" }}{% x %}<b id=x>'
ELEMENT = "<b id=x>"
OURS = ("hmis_portal", "agencies", "training", "onboarding", "signing")
# Columns of free length that hold codes, addresses, hashes or HTML made by the portal.
CODES = {
    "section", "field", "clause", "shown_from", "password", "verb", "target_type", "target_id", "content_type", "email",
    "supervisor_email", "support_email", "website", "link", "sign_in_address", "link_kind", "link_object", "to", "body_html",
    "external_id", "anchor", "certificate", "chain", "credential", "hash", "previous_hash", "events_head", "body", "statement",
    "certificate_serial",
}  # fmt: skip
MADE = {
    "Message": {"name"},
    "HudList": {"name"},
    "HudCode": {"label"},
    "SigningRequest": {"text"},
    "ReadinessQuestion": {"group"},  # decides on which page the question stands
    "PowerRequest": {"kind"},
    "Application": {"held_for"},  # empty, unless it is on hold
}


def free_text() -> Iterator[tuple[type[models.Model], list[str]]]:
    for model in apps.get_models():
        if model._meta.app_label in OURS and not model._meta.proxy:
            codes = CODES | MADE.get(model.__name__, set())
            names = [
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, models.CharField | models.TextField)
                and not (field.choices or field.unique or field.name in codes)
                and not field.name.endswith(("sha256", "_days"))
                and (field.max_length or 999) >= len(TYPED)
            ]
            if names:
                yield model, names


def write_everywhere() -> None:
    with pgtrigger.ignore():
        for model, names in free_text():
            model._default_manager.update(**dict.fromkeys(names, TYPED))
    forget_settings()
