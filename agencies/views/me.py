"""A person's own page: details, messages, sign-in, closing the account."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agencies import permissions, selectors
from agencies.forms.me import CloseAccountForm, DetailsForm
from agencies.models import CodeChannel, Staff
from agencies.services import account
from hmis_portal.accounts.again import changes_account
from hmis_portal.models import Message
from hmis_portal.web import links
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.links import Page
from hmis_portal.web.visits import client_ip

MESSAGES_A_PAGE = 25


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Own details, newest messages, and the ways to sign in."""
    user = permissions.person(request)
    form = DetailsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        account.change_details(user=user, by=user, data=form.cleaned_data, ip=client_ip(request))
        messages.success(request, _("Your details were saved."))
        return redirect("agencies:me")
    if form.errors:
        user.refresh_from_db()
    return render(
        request,
        "agencies/me.html",
        {
            "form": form,
            "mail": Message.objects.filter(user=user)[:5],
            "unread": Message.objects.filter(user=user, seen_at__isnull=True).count(),
            "places": selectors.destinations(user),
            "channel": CodeChannel.objects.filter(person=user).first(),
            "on_roster": Staff.objects.current().filter(user=user).exists(),
        },
    )


@require_GET
def my_messages(request: HttpRequest) -> HttpResponse:
    user = permissions.person(request)
    rows = Message.objects.filter(user=user).only("subject", "created_at", "seen_at", "status")
    page = Paginator(rows, MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "agencies/messages.html", {"page": page})


@require_GET
def my_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message as text; a personal link is in the e-mail alone."""
    user = permissions.person(request)
    message = get_object_or_404(Message, pk=message_id, user=user)
    if message.seen_at is None:
        Message.objects.filter(pk=message.pk, seen_at__isnull=True).update(seen_at=timezone.now())
    return render(
        request, "agencies/message.html", {"mail": message, "has_personal_link": bool(message.link_kind)}
    )


@changes_account
@require_http_methods(["GET", "POST"])
def close_account(request: HttpRequest) -> HttpResponse:
    user = permissions.person(request)
    form = CloseAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account.close_account(
                user=user, by=user, reason=form.cleaned_data["reason"], ip=client_ip(request)
            )
        except GuardFailed as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return redirect("agencies:close_account")
        logout(request)
        messages.success(request, _("Your account is closed. A message confirming it is on its way to you."))
        return redirect(links.to(Page.HOME))
    return render(
        request, "agencies/close_account.html", {"form": form, "alone": account.managed_alone(user)}
    )
