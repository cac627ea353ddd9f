"""Rows as earlier acts would have left them."""

import datetime as dt

from django.utils import timezone

from onboarding.models import Application, Mou
from onboarding.mou import agreement

SIGNER = agreement.Signer("signatory@harbor.example", "Sidney", "Signatory", "Chair of the board", "Bylaws")


def to(mou, state, *, ends_in=30, **changes):
    """As if the acts before had happened: a row in this state, executed yesterday."""
    yesterday, today = timezone.now() - dt.timedelta(days=1), timezone.localdate()
    signed, executed = state in ("signed", "executed", "ended"), state in ("executed", "ended")
    Mou.objects.filter(pk=mou.pk).update(
        state=state, signed_at=yesterday if signed else None, executed_at=yesterday if executed else None,
        term_ends_on=today + dt.timedelta(days=ends_in) if executed else None, **changes,
    )  # fmt: skip
    mou.refresh_from_db()
    return mou


def approve(cast, when=None):
    when = when or timezone.now() - dt.timedelta(days=2)
    return Application.objects.create(
        agency=cast.agency, reference=f"APP-{Application.objects.count()}", state="approved",
        started_by=cast.director, submitted_at=when, reviewer=cast.admin, decided_at=when,
        decided_by=cast.admin,
    )  # fmt: skip
