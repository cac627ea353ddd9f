"""What the admin pages of the journey share: confirm views for the moves of the transition tables, and words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agencies import permissions
from agencies.models import User
from hmis_portal.desk.tools import DeskAdmin, act_page
from hmis_portal.forms import PortalFormMixin
from hmis_portal.mail_parts import Draft, Letter
from hmis_portal.web.visits import client_ip
from onboarding import workflow
from onboarding.models import Access, Application, Mou, Remark
from onboarding.services import How, against, check_person, kinds_towards, perform_held, stale_words

APPLICATION_KIND = {
    Application.State.DRAFT: "plain",
    Application.State.SUBMITTED: "turn",
    Application.State.IN_REVIEW: "turn",
    Application.State.ON_HOLD: "waiting",
    Application.State.CHANGES: "waiting",
    Application.State.APPROVED: "done",
    Application.State.DECLINED: "problem",
    Application.State.WITHDRAWN: "plain",
}
MOU_KIND = {
    Mou.State.ISSUED: "waiting",
    Mou.State.SIGNED: "turn",
    Mou.State.EXECUTED: "done",
    Mou.State.DECLINED: "problem",
    Mou.State.VOIDED: "problem",
    Mou.State.SUPERSEDED: "plain",
    Mou.State.ENDED: "plain",
}
ACCESS_KIND = {
    Access.State.NOT_READY: "waiting",
    Access.State.READY: "turn",
    Access.State.GRANTED: "done",
    Access.State.SUSPENDED: "problem",
    Access.State.ENDED: "plain",
}


class VerbForm(PortalFormMixin, forms.Form):
    """A confirm page without questions; a subclass asks what its move needs to know."""

    # Whether the page says at once what the guard will refuse; not where the guard looks at what is typed.
    shows_guard = False

    draft: Draft | None = None  # how the e-mail that tells it would begin, where that may be changed

    obj: Any

    def __init__(self, *args: object, obj: object, by: User, **kwargs: object) -> None:
        self.obj, self.by = obj, by
        super().__init__(*args, **kwargs)

    @property
    def explanation(self) -> StrOrPromise:
        return ""

    def shown_remarks(self) -> Sequence[tuple[object, Iterable[Remark]]]:
        """The remarks that the move sends, closes or leaves unsent, under their headings."""
        return ()

    def payload(self) -> object:
        """The payload of the move, where it carries one."""
        return None

    @property
    def letter(self) -> Letter | None:
        """How the e-mail begins, where the person changed that."""
        return None

    def reason_words(self) -> str:
        """What the person gave as the reason, where the page asks for one."""
        return str(self.cleaned_data.get("reason", ""))


class VerbReasonForm(VerbForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Enter the reason")},
        help_text=gettext_lazy("The agency reads this, in an e-mail or on its pages."),
    )


def confirm(
    request: HttpRequest,
    *,
    site: DeskAdmin,
    obj: Any,
    verb: str,
    forms_by_verb: Mapping[str, type[VerbForm]],
    back: str,
    title: str,
    danger: bool = False,
) -> HttpResponse:
    """The one confirm view of every verb: say what will happen, ask what is needed, do it by POST."""
    if verb not in forms_by_verb:
        raise Http404
    row = workflow.move(type(obj), verb)
    by = permissions.person(request)
    agency = obj.staff.agency if isinstance(obj, Access) else obj.agency
    check_person(row, kinds_towards(obj, by, agency), as_system=False)
    posted = (request.POST,) if request.method == "POST" else ()
    form = forms_by_verb[verb](*posted, obj=obj, by=by)
    form.submit_label, form.submit_danger = row.label, danger
    if obj.state not in row.sources:
        messages.warning(request, stale_words(obj, row))
        return HttpResponseRedirect(back)

    def act() -> str:
        how = How(by=by, reason=form.reason_words(), ip=client_ip(request), letter=form.letter)
        perform_held(obj, row.verb, payload=form.payload(), **how)
        return _("Done: %(what)s, %(name)s.") % {"what": row.label, "name": obj}

    return act_page(
        site,
        request,
        title=title or row.label,
        form=form,
        act=act,
        back=back,
        trail=agency.name,
        caption=f"{agency.name}, {obj}",
        explanation=form.explanation,
        reasons=against(obj, row.verb, by) if form.shows_guard else (),
        template="admin/onboarding/review/decision.html",
        remarks=form.shown_remarks(),
    )
