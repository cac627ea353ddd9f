"""A person's own mobile number or e-mail address for the HMIS's sign-in codes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies import permissions
from agencies.forms.channel import ChannelForm
from agencies.models import CodeChannel
from agencies.services import channels
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import client_ip


@require_http_methods(["GET", "HEAD", "POST"])
def code_channel(request: HttpRequest) -> HttpResponse:
    user = permissions.person(request)
    channel = CodeChannel.objects.filter(person=user).first()
    form = ChannelForm(request.POST or None, initial={"channel": channel or ""})
    if request.method == "POST" and form.is_valid():
        try:
            value = form.cleaned_data["channel"]
            saved = channels.enter(person=user, value=value, by=user, ip=client_ip(request))
        except GuardFailed as error:
            form.add_error("channel", error.messages)
        else:
            messages.success(request, _("Saved: sign-in codes of the HMIS go to %s.") % saved)
            return redirect("agencies:me")
    return render(request, "agencies/code_channel.html", {"form": form})
