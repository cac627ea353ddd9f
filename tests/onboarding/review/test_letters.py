"""A decision shows the e-mail that tells it, and how it begins may be changed before it is sent."""

import pytest
from django.utils import timezone

from hmis_portal.models import Message
from onboarding.models import Condition, DeclineReason
from onboarding.services import perform
from onboarding.workflow import Approval
from tests.onboarding.review.verbs import remark, url

pytestmark = pytest.mark.django_db


def test_an_approval_begins_in_ones_own_words_and_still_names_its_conditions(in_review, cast):
    admin = cast.client("admin")
    Condition.objects.create(
        application=in_review, text="Name a backup", owner="Dana", due_on=timezone.localdate()
    )
    shown = admin.get(url(in_review, "approve")).text
    assert 'value="Your application is approved"' in shown
    # The conditions are those that this form makes.
    assert "What follows in the e-mail by itself" not in shown
    words = {"letter_subject": "Welcome <all>", "letter_text": "Dear all,\r\n\r\nwe *liked* it."}
    admin.post(url(in_review, "approve"), words)
    sent = Message.objects.get(name="onboarding/application_approved")
    assert sent.subject == "Welcome <all>"
    assert (
        "Dear all,\n\nwe *liked* it.\n\nConditions of the approval:\n\n- Name a backup (Dana"
        in sent.body_text
    )
    assert "You need to do nothing" not in sent.body_text
    assert "we *liked* it." in sent.body_html
    assert "Welcome &lt;all&gt;" in sent.body_html


def test_what_nobody_changed_is_the_portals_own_as_it_is_when_it_is_sent(in_review, cast):
    remark(in_review, cast.admin)
    admin = cast.client("admin")
    form = admin.get(url(in_review, "request_changes"))
    assert "Add Bloomfield." in form.text.split("What follows in the e-mail by itself")[1]
    draft, shown = form.context["form"].draft, form.context["form"]["letter_shown"].value()
    assert shown in form.text
    assert draft.text.startswith("Alex Admin read the application of Harbor House")
    remark(in_review, cast.admin, text="And Avon.")  # by a colleague, meanwhile
    text = draft.text.replace("\n", "\r\n")
    posted = {"letter_subject": draft.subject, "letter_text": text, "letter_shown": shown}
    admin.post(url(in_review, "request_changes"), posted)
    sent = Message.objects.get(name="onboarding/changes_requested")
    assert sent.subject == "Change 2 things in your application"
    assert "And Avon." in sent.body_text


def test_a_decline_takes_a_reason_of_the_list(in_review, cast):
    ohio = DeclineReason.objects.create(text="Serves another state")
    DeclineReason.objects.create(text="No longer offered", in_use=False)
    admin = cast.client("admin")
    refused = admin.post(url(in_review, "decline"), {"reason": "In Ohio."}).text
    assert "Select why it is declined" in refused
    assert "No longer offered" not in refused
    assert "The reason given: [the reason that you enter]" in refused
    admin.post(
        url(in_review, "decline"), {"why": ohio.pk, "reason": "In Ohio.", "letter_text": "We are sorry."}
    )
    in_review.refresh_from_db()
    assert (in_review.state, in_review.reason) == ("declined", "Serves another state. In Ohio.")
    body = Message.objects.get(name="onboarding/application_declined").body_text
    assert "We are sorry.\n\nThe reason given: Serves another state. In Ohio.\n\n" in body


def test_an_approval_that_is_taken_back_says_so_in_ones_own_words(in_review, cast):
    perform(in_review, "approve", by=cast.admin, payload=Approval())
    words = {"reason": "A reference did not hold.", "letter_text": "We must look again."}
    cast.client("admin").post(url(in_review, "revoke_approval"), words)
    body = Message.objects.get(name="onboarding/approval_revoked").body_text
    assert "We must look again.\n\nThe reason given: A reference did not hold." in body
