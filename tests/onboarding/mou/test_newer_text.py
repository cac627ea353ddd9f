"""A newer MOU is to be signed by a day: who is asked, what they read, what holds until then, and who has signed."""

import csv
import datetime as dt
import io

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from agencies.models import ContinuumOfCare
from hmis_portal.models import AuditEvent, Message, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.signing.admin import publishing as desk
from hmis_portal.signing.agreeing import text_versions
from hmis_portal.signing.agreeing.evidence import term
from hmis_portal.signing.agreeing.who_signs import WhoSigns
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import reminders
from onboarding.access import decision
from onboarding.journey import facts
from onboarding.models import Mou
from onboarding.mou import agreement, newer_text, publishing
from onboarding.owed.sources import lines_of
from onboarding.services import perform
from onboarding.workflow import AgencyVerb, MouVerb
from tests.cast import remember_second_factor
from tests.factories import UserFactory
from tests.mou import issue_mou, lead_consents, sign
from tests.onboarding.journey.maker import Maker
from tests.onboarding.mou.helpers import confirm_again, counter_sign_form
from tests.onboarding.mou.states import SIGNER, approve, to
from tests.racing import at_once
from tests.what_if import sent_after_reading

RENEWAL = {
    "who": "other", "first_name": "Sidney", "last_name": "Signatory", "email": "signatory@harbor.example",
    "title": "Chair of the board", "authority": "Bylaws",
}  # fmt: skip


def ahead(days):
    return timezone.localdate() + dt.timedelta(days=days)


def draft_of(number=2):
    body = text_versions.current("mou").body
    version = text_versions.save_draft("mou", number, f"{body}\nVersion {number}.\n")
    version.what_changed = "Incidents are told within 24 hours."
    version.save()
    return version


def typed(by, **changes):
    day = {"by_month": str(by.month), "by_day": str(by.day), "by_year": str(by.year)}
    return {"read": "on", "reason": "Counsel agreed", "signers": "all", **day, **changes}


@pytest.fixture
def executed_mou(cast, reference, commits, once):
    def make():
        with commits():
            mou = issue_mou(cast)
        approve(cast)
        return to(mou, "executed", ends_in=900)

    return once(make)


def publish(cast, by, agencies=None, number=2):
    publishing.publish(draft_of(number), by=cast.admin, who=WhoSigns(by, agencies))


def carries_access(cast, day=None):
    return cast.agency.pk in decision.mou_in_force([cast.agency.pk], day or timezone.localdate())


def owed(cast):
    return {line.kind: line for line in lines_of(facts.gather(cast.agency))}.get("mou")


def counter_sign(client_of, cast, mou):
    client = client_of(cast.lead)
    remember_second_factor(client, cast.lead)
    confirm_again(client, cast.lead)
    lead_consents(mou, cast.lead)
    client.post(reverse("admin:onboarding_mou_counter_sign", args=[mou.pk]), counter_sign_form(mou))
    mou.refresh_from_db()
    assert mou.state == Mou.State.EXECUTED


def test_from_the_publishing_page_to_the_newer_mou_in_force(
    cast, executed_mou, admin, client_of, commits, tmp_path
):
    draft, by = draft_of(), ahead(45)
    url = reverse("admin:signing_text_publish", args=[draft.pk])
    assert "loses access to the HMIS for all its people the day after" in " ".join(
        admin.get(url).text.split()
    )
    sent_after_reading(admin, url, typed(by))
    row = PowerRequest.objects.get()
    second = UserFactory(groups=("HMIS Admin",))
    read = client_of(second).get(reverse("admin:hmis_portal_power_grant", args=[row.pk])).text
    assert f"All agencies that have signed an earlier version, by {date_words(by)}" in read
    asking.grant(row, by=second)
    executed_mou.refresh_from_db()
    assert (executed_mou.state, executed_mou.renew_to, executed_mou.renew_by) == (
        Mou.State.EXECUTED,
        draft,
        by,
    )
    assert AuditEvent.objects.get(verb="asked to sign a newer text").agency_id == cast.agency.pk

    line = owed(cast)
    assert (line.title, line.due_on) == ("Sign the newer version of the MOU", by)
    director = client_of(cast.director)
    for name in ("onboarding:my_tasks", "onboarding:owed", "onboarding:mou"):
        args = [] if name == "onboarding:my_tasks" else [cast.agency.pk]
        assert f"by {date_words(by)}" in director.get(reverse(name, args=args)).text, name
    renew = reverse("onboarding:renew_mou", args=[cast.agency.pk])
    assert "Incidents are told within 24 hours." in director.get(renew).text
    director.post(renew, RENEWAL)
    assert "under way already" in director.post(renew, RENEWAL, follow=True).text
    newer = Mou.objects.get(successor_of=executed_mou)
    table = dict(newer.request.snapshot["facts"])
    assert table["Takes the place of"].startswith(executed_mou.reference)
    assert "from the day both parties have signed" in table["Term"]
    with override_settings(SEAL_DIR=tmp_path / "seal"):
        with commits():
            sign(newer, cast)
        counter_sign(client_of, cast, newer)
    executed_mou.refresh_from_db()
    assert (executed_mou.state, executed_mou.end_kind) == (Mou.State.ENDED, Mou.EndKind.REPLACED)
    assert term.of(newer.request).first == timezone.localdate()
    assert owed(cast) is None
    assert carries_access(cast, by + dt.timedelta(days=1))
    assert not Message.objects.filter(name="onboarding/mou_ended").exists()

    progress = reverse("admin:signing_text_progress", args=[draft.pk])
    assert "1 of 1 have signed." in client_of(cast.auditor).get(progress).text
    rows = list(csv.reader(io.StringIO(admin.get(progress, {"csv": "1"}).getvalue().decode("utf-8-sig"))))
    today = timezone.localdate().isoformat()
    assert rows[1:] == [[cast.agency.name, "", by.isoformat(), today, "Signed"]]
    with override_settings(SEAL_DIR=tmp_path / "seal"):
        reminders.send_all()
    assert not Message.objects.filter(name="onboarding/newer_mou").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signers": ""}, "Select who has to sign this version"),
        ({"by_year": ""}, "must include a year"),
        ({"by_year": "2001"}, "To be signed by must be"),
        ({"signers": "chosen"}, "Select the agencies"),
        ({"signers": "cocs"}, "Select the Continuums of Care"),
        ({"signers": "chosen", "agencies": "x"}, "from the list"),
    ],
)
def test_what_is_missing_on_the_publishing_page_is_said(cast, executed_mou, admin, changes, words):
    url = reverse("admin:signing_text_publish", args=[draft_of().pk])
    answer = admin.post(url, typed(ahead(45), **changes))
    assert answer.status_code == 422
    assert words in answer.text


def test_only_those_who_were_chosen_are_asked(cast, executed_mou):
    other = Maker(cast, "Maple").agreed("granted").is_("live").agency
    coc = ContinuumOfCare.objects.exclude(agencies=cast.agency).order_by("pk").first()
    other.cocs.add(coc)
    version, by = draft_of(), ahead(60)

    def form(**changes):
        found = desk.form_for(version, typed(by, **changes))
        assert found.is_valid(), found.errors
        return found.who()

    assert form(signers="nobody") is None
    assert form(signers="cocs", cocs=[str(coc.pk)]) == WhoSigns(by, frozenset({other.pk}))
    chosen = form(signers="chosen", agencies=[str(other.pk)])
    assert WhoSigns.of(chosen.kept()) == chosen
    publishing.publish(version, by=cast.admin, who=chosen)
    assert list(Mou.objects.exclude(renew_to=None).values_list("agency", flat=True)) == [other.pk]
    assert owed(cast) is None


def test_until_the_day_is_over_in_new_york_the_mou_before_holds(
    cast, executed_mou, commits, time_machine, files_wait
):
    by = ahead(20)
    publish(cast, by)
    for clock, holds in (("03:30", True), ("05:30", False)):  # 10:30 pm of that day, and 12:30 am of the next
        time_machine.move_to(f"{by + dt.timedelta(days=1)}T{clock}:00Z")
        assert (timezone.localdate() == by) == holds
        assert carries_access(cast) == holds
    assert owed(cast).late
    assert "comes back once your agency signs it" in owed(cast).text
    with commits():
        newer = agreement.renew(executed_mou, by=cast.director, signer=SIGNER)
    assert not carries_access(cast)
    to(newer, "signed")
    assert carries_access(cast)  # the Lead Agency's own time costs nobody their access
    assert owed(cast).holder == "lead"
    perform(newer, MouVerb.REFUSE, by=cast.lead, reason="The wrong person signed.")
    assert not carries_access(cast)


def test_a_day_that_passed_while_it_waited_for_the_second_person_is_refused(
    cast, executed_mou, admin, time_machine
):
    by = ahead(5)
    row = desk.ask_to_publish(draft_of(), by=cast.admin, reason="Counsel agreed", who=WhoSigns(by))
    time_machine.move_to(f"{by}T17:00:00Z")
    with pytest.raises(GuardFailed, match="is not ahead any more"):
        asking.grant(row, by=UserFactory(groups=("HMIS Admin",)))
    assert text_versions.current("mou").number == 1


def test_managers_are_told_at_once_and_by_the_ladder_until_it_is_under_way(cast, executed_mou, time_machine):
    publish(cast, ahead(100))
    told = Message.objects.filter(name="onboarding/newer_mou", user=cast.director)
    begin = timezone.now()
    for days, count in ((0, 1), (5, 1), (10, 2), (69, 2), (71, 3), (94, 4), (101, 5), (102, 5)):
        time_machine.move_to(begin + dt.timedelta(days=days))
        reminders.newer_texts()
        reminders.newer_texts()
        assert told.count() == count, days
    assert "stops" in told.order_by("created_at").last().subject
    assert not Message.objects.filter(name="onboarding/term_end").exists()


def test_an_agency_that_leaves_meanwhile_is_no_longer_asked(cast, executed_mou, admin):
    publish(cast, ahead(30))
    perform(cast.agency, AgencyVerb.LEAVE, by=cast.admin, reason="Closed")
    assert owed(cast) is None
    reminders.newer_texts()
    assert not Message.objects.filter(name="onboarding/newer_mou").exists()
    page = admin.get(reverse("admin:signing_text_progress", args=[text_versions.current("mou").pk]))
    assert page.context["asked"].counts == {"open": 0, "over": 0, "signed": 0, "gone": 1}


def test_who_waits_for_the_lead_agency_has_weeks_after_it_is_executed(cast, executed_mou):
    to(executed_mou, "signed")
    publish(cast, ahead(3))
    executed_mou.refresh_from_db()
    assert executed_mou.renew_by == ahead(3)
    assert newer_text.day_once_executed(executed_mou, ahead(10)) == ahead(40)
    assert newer_text.day_once_executed(executed_mou, ahead(-60)) == ahead(3)


def test_the_list_costs_the_same_for_many(cast, executed_mou, admin, django_assert_max_num_queries):
    def queries(url):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as found:
            assert admin.get(url).status_code == 200
        return len(found)

    for name in ("Maple", "Elm"):
        Maker(cast, name).agreed("granted").is_("live")
    publish(cast, ahead(30), frozenset({cast.agency.pk}))
    url = reverse("admin:signing_text_progress", args=[text_versions.current("mou").pk])
    queries(url)
    one = queries(url)
    publish(cast, ahead(30), number=3)
    many = reverse("admin:signing_text_progress", args=[text_versions.current("mou").pk])
    assert queries(many) == one
    assert "0 of 3 have signed." in admin.get(many).text


@pytest.mark.django_db(transaction=True)
def test_published_twice_and_renewed_at_once(cast, reference, commits):
    """Two people publish, and a manager renews: each agency is asked once, and nobody waits for ever."""
    with commits():
        mou = issue_mou(cast)
    approve(cast)
    executed = to(mou, "executed", ends_in=30)
    draft, who = draft_of(), WhoSigns(ahead(60))

    def once_more():
        return publishing.publish(draft, by=cast.admin, who=who)

    def renew():
        return agreement.renew(executed, by=cast.director, signer=SIGNER)

    found = at_once(once_more, once_more, renew)
    published, renewed = found[:2], found[2]
    assert sorted(map(type, published), key=str) == sorted([int, WrongState], key=str), found
    assert isinstance(renewed, Mou | WrongState), found
    executed.refresh_from_db()
    assert executed.renew_to == draft
    assert AuditEvent.objects.filter(verb="asked to sign a newer text").count() == 1
    assert Mou.objects.filter(successor_of=executed, state="issued", request__version__number=1).count() == 0
