"""What the trainers' admin pages share: a page for one act."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

# An address typed without a scheme is taken as https.
HTTPS = {models.URLField: {"assume_scheme": "https"}}


def act_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    *,
    title: str,
    form: Form,
    button: str,
    back: str,
    facts: list[tuple[str, Any]] | None = None,
    intro: str = "",
    danger: bool = False,
) -> HttpResponse:
    """A page that asks for what an act needs and says what it does."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "subtitle": None,
        "form": form,
        "button": button,
        "back": back,
        "facts": facts or [],
        "intro": intro,
        "danger": danger,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "training/admin_act.html", context)
