"""What was sent from a page, merged with what a colleague saved since it was opened."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from onboarding.forms.base import DraftForm, Typed, as_data
from onboarding.models import SectionWork
from onboarding.sections import drafts
from onboarding.together import authors, merging
from onboarding.together.conflicts import Clash, clashes, label_of
from onboarding.views.sections.draft_page import DraftPage
from onboarding.views.sections.drafts import saved_by

# Hidden inputs and radio buttons of a page that are no answers: its script knows them by how they begin.
SEEN, ASK, TAKE, CHOOSE = "merge-seen", "merge-ask", "merge-take-", "merge-choose"


class Sent:
    """One sending. `page` is the page as it stands now, `version` the one that is saved over.

    `is_alone` as long as nobody is known to have saved since the page was opened: saving tells.
    """

    def __init__(self, page: DraftPage, *, is_alone: bool = True) -> None:
        posted = page.request.POST
        self.asked = {field: posted.get(f"{TAKE}{field}", "") for field in posted.getlist(ASK)}
        self.seen = merging.unsealed(posted.get(SEEN, ""), page.name)
        self.is_alone = is_alone and not self.asked
        self.page, self.version, self.work = page, page.version, SectionWork()
        if not self.is_alone:
            # The version first: what is saved while the answers are read is found when this is saved.
            self.work = drafts.work_of(page.application, page.section)
            self.version, self.page = self.work.version, page.fresh()

    @property
    def is_stale(self) -> bool:
        return self.version != self.page.version

    @property
    def over(self) -> str:
        """Why there is nothing to merge although somebody saved in between; "" when there is."""
        return self.page.over(self.work) if self.is_stale else ""

    @cached_property
    def stands(self) -> DraftForm:
        return self.page.as_it_stands(self.work)

    @cached_property
    def merged(self) -> merging.Merged:
        posted = self.page.request.POST
        if self.is_alone:
            return merging.Merged(self.form.by_field(dict(posted.lists())))
        stands, seen = self.stands.shown(), self.seen
        if seen is None and not self.is_stale:
            seen = merging.digests(stands)
        return merging.merge(self.stands.by_field(dict(posted.lists())), stands, seen, self.asked)

    @cached_property
    def form(self) -> DraftForm:
        request = self.page.request
        data = request.POST if self.is_alone else as_data(self.stands.as_typed(self.merged.fields))
        return self.page.form(data=data, files=request.FILES)

    @cached_property
    def typed(self) -> Typed | None:
        data: Any = self.form.data
        return self.form.typed(data)

    def save_draft(self, typed: Typed, *, has_errors: bool = False) -> int:
        version = self.page.save_draft(typed, version=self.version, has_errors=has_errors)
        self.sign()
        return version

    def write(self) -> str:
        sentence = self.page.write(self.form, version=self.version)
        self.sign()
        return sentence

    def sign(self) -> None:
        """Remember who gave the answers that were saved now."""
        if self.seen is not None:
            mine = merging.changed(self.merged.fields, self.seen)
            authors.sign(self.page.name, set(mine) - set(self.merged.taken), by=self.page.by)

    def seal(self) -> str:
        """What stands once this is saved."""
        return merging.sealed(merging.digests(self.form.shown()), self.page.name)

    def sealed_as_it_stands(self) -> str:
        return merging.sealed(merging.digests(self.stands.shown()), self.page.name)

    @property
    def told(self) -> str:
        """Which answers are now as a colleague gave them, and what is asked no more; "" when neither."""
        left_out = self.form.left_out(dict(self.page.request.POST.lists()))
        return " ".join([*self._taken(), *left_out])

    def _taken(self) -> Iterator[str]:
        if not self.merged.taken:
            return
        fields = ", ".join(dict.fromkeys(label_of(self.form, name) for name in self.merged.taken))
        yield _("%(who)s changed meanwhile: %(fields)s. Those answers are taken over.") % {
            "who": saved_by(self.work)["who"],
            "fields": fields,
        }

    def clashes(self) -> list[Clash]:
        return clashes(
            self.form,
            self.stands,
            self.merged.clashes,
            authors.of(self.page.name, self.merged.clashes),
            self.work,
        )

    def taken(self) -> dict[str, object]:
        """For the script: the inputs of each field that only a colleague changed, with what stands in them now."""
        posted = dict(self.page.request.POST.lists())
        return {
            name: self.form.in_inputs(name, self.merged.fields[name], posted)
            for name in self.merged.taken
            if name in self.merged.fields
        }
