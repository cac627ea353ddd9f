"""The keys of the portal's seal: which one seals, until when, a new one, and the end of trust in one."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal import audit, queue
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.events import PortalEvent
from hmis_portal.forms import PortalFormMixin
from hmis_portal.models import PowerRequest
from hmis_portal.models.users import AnyUser
from hmis_portal.powers import asking, kinds
from hmis_portal.powers.admin import asked_words, takes_two
from hmis_portal.signing.models import SealKey
from hmis_portal.signing.sealing import certificates, keys, revocation
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import client_ip, signed_in

LIST = "admin:signing_sealkey_changelist"
REVOKE = "revoke_seal_key"


def may_keep_keys(user: AnyUser) -> bool:
    """Who may change the portal’s settings."""
    return bool(user.has_perm("hmis_portal.change_portalsettings"))


class RotateForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Make a new key")


class RevokeForm(PortalFormMixin, forms.Form):
    submit_label, submit_danger = gettext_lazy("Ask to revoke this key"), True
    required_messages = {"reason": gettext_lazy("Enter the reason")}
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea({"rows": 3}))


@admin.register(SealKey)
class SealKeyAdmin(ReadOnlyAdmin):
    change_list_template = "admin/signing/seal_keys.html"
    change_form_template = "admin/signing/seal_key.html"
    list_display = ("short", "state_word", "active_from", "use_until", "certificate_until", "development")
    fields = (
        "subject", "serial", "state_word", "active_from", "use_until", "certificate_until", "retired_at", "revoked_at",
        "revoked_because", "development", "published_list", "certificate",
    )  # fmt: skip
    readonly_fields = ("state_word", "use_until", "certificate_until", "published_list")

    @admin.display(description=gettext_lazy("key"), ordering="serial")
    def short(self, key: SealKey) -> str:
        return str(key)

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, key: SealKey) -> SafeString:
        if key.revoked_at:
            return status("problem", _("Revoked"))
        if key.retired_at:
            return status("plain", _("Retired"))
        return status("turn", _("Ends soon")) if key.ends_soon else status("done", _("Seals now"))

    @admin.display(description=gettext_lazy("to be used until"))
    def use_until(self, key: SealKey) -> str:
        return date_words(key.use_until)

    @admin.display(description=gettext_lazy("certificate valid until"))
    def certificate_until(self, key: SealKey) -> str:
        return date_words(certificates.from_pem(key.certificate).not_valid_after_utc)

    @admin.display(description=gettext_lazy("revocation list"))
    def published_list(self, key: SealKey) -> SafeString:
        address = f"{settings.BASE_URL}/seal/{key.serial}.crl"
        return link(address, address)

    def get_urls(self) -> list[URLPattern]:
        may = may_keep_keys
        return [
            path(
                "rotate/", guarded(self, self.rotate_view, read=may, write=may), name="signing_sealkey_rotate"
            ),
            path(
                "<int:pk>/revoke/",
                guarded(self, self.revoke_view, read=may, write=may),
                name="signing_sealkey_revoke",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may = may_keep_keys(request.user)
        return super().changelist_view(request, {**(extra_context or {}), "may_change": may})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        key = SealKey.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        may = bool(key and key.revoked_at is None and may_keep_keys(request.user))
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_revoke": may})

    def rotate_view(self, request: HttpRequest) -> HttpResponse:
        """A new key seals from now on; the one before is retired and its files stay good."""
        form = RotateForm(request.POST if request.method == "POST" else None)

        def act() -> str:
            if not queue.publish(
                "hmis_portal.signing.tasks.rotate_key", str(request.user.pk), client_ip(request)
            ):
                raise GuardFailed(_("No worker can be asked right now. Try again in a minute."))
            return _(
                "A worker makes the new key now. It seals from then on, and the earlier files stay good."
            )

        words = _(
            "A new key seals every file from now on. The present key is retired: what it sealed stays valid."
        )
        possible = _root_is_here()
        return self._page(request, form, act, title=_("Make a new seal key"), words=words, possible=possible)

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Trust in a key ends now, with a reason."""
        key = get_object_or_404(SealKey, pk=pk)
        if key.revoked_at:
            messages.warning(request, _("This key is revoked already."))
            return redirect(LIST)
        form = RevokeForm(request.POST if request.method == "POST" else None)

        def act() -> str:
            row = asking.ask(
                REVOKE, by=signed_in(request), target=key, reason=form.cleaned_data["reason"], ip=client_ip(request),
                what=_("Revoke the seal key %(key)s") % {"key": key},
                changes=[[_("Trust in the key"), _("Yes"), _("No")]],
            )  # fmt: skip
            return asked_words(row)

        words = _(
            "Do this when somebody else may have the key. Nothing is sealed with it any more, and who checks its files "
            "is told by the root’s list. Files sealed before stay known to the portal byte for byte. This cannot be undone."
        )
        if not key.retired_at:
            words += " " + _("It is the key that seals now: make a new one next, or files wait.")
        words += "\n" + takes_two(signed_in(request))
        return self._page(
            request, form, act, title=_("Revoke a seal key"), words=words, possible=True, key=key
        )

    def _page(
        self, request: HttpRequest, form: PortalFormMixin, act: Callable[[], str], *, title: str, words: str,
        possible: bool, key: SealKey | None = None,
    ) -> HttpResponse:  # fmt: skip
        return act_page(
            self, request, title=title, form=form, act=act, back=reverse(LIST), trail=_("Seal keys"),
            caption=key or "", explanation=words, template="admin/signing/seal_key_act.html", key=key,
            possible=possible and may_keep_keys(request.user), root_here=_root_is_here(),
        )  # fmt: skip


def _against_revoking(row: PowerRequest) -> list[str]:
    revoked = SealKey.objects.filter(pk=row.target_id, revoked_at__isnull=False).exists()
    return [_("This key is revoked already.")] if revoked else []


def _revoke(row: PowerRequest) -> None:
    key = revocation.revoke(SealKey.objects.get(pk=row.target_id), reason=row.reason)
    audit.record(
        by=row.asked_by, verb=PortalEvent.REVOKED_A_SEAL_KEY, obj=key, reason=row.reason,
        data={"granted_by": row.decided_by_id},
    )  # fmt: skip


kinds.add(kinds.PowerKind(REVOKE, gettext_lazy("Revoke a seal key"), _revoke, against=_against_revoking))


def _root_is_here() -> bool:
    """In development the root's key lies where the workers are, and a new key is made at the desk."""
    key = keys.newest()
    return key is not None and key.development


def key_notice(request: HttpRequest) -> SafeString | str:
    """On the desk: the key that seals ends soon, or one is revoked and files wait or readers are not told yet."""
    if not may_keep_keys(request.user):
        return ""
    known = list(SealKey.objects.all())
    return format_html("{}{}", _end_of(known), _not_published(known))


def _end_of(known: list[SealKey]) -> SafeString | str:
    key = next((key for key in known if key.retired_at is None), None)
    if key is None and known:
        words = _("The seal key is revoked and no new one is in use: files wait to be sealed.")
    elif key is not None and key.ends_soon:
        words = _("The seal key is to be replaced by %(day)s.") % {"day": date_words(key.use_until)}
        if key.use_until < timezone.now():
            words = _("The seal key was to be replaced by %(day)s.") % {"day": date_words(key.use_until)}
    else:
        return ""
    seal_keys_link = link(reverse(LIST), _("Seal keys"))
    return format_html('<div class="notice notice--warning"><p>{} {}</p></div>', words, seal_keys_link)


def _not_published(known: list[SealKey]) -> SafeString | str:
    if not revocation.unpublished(known):
        return ""
    words = _(
        "A seal key is revoked, and the published list does not say so yet. Where the root’s key is kept, with the "
        "portal’s database within reach, run:"
    )
    command = "manage.py portal seal_revocations ROOT.pem"
    return format_html('<div class="notice notice--warning"><p>{} <code>{}</code></p></div>', words, command)


admin.site.desk_tops.append(key_notice)  # type: ignore[attr-defined]
