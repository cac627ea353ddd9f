"""What a visitor answered goes along when they make an account or sign in."""

from allauth.account.signals import user_signed_up
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from agencies.models import User
from agencies.services import opening


@receiver(user_signed_up)
@receiver(user_logged_in)
def keep_eligibility(request: HttpRequest | None, user: User, **kwargs: object) -> None:
    session = getattr(request, "session", {})
    if answers := session.get(opening.ELIGIBILITY):
        opening.remember_eligibility(user, answers)
