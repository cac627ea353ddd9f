"""Behind an executed MOU stand two people of the HMIS side: each way in which one could do it alone is refused."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from agencies import permissions
from agencies.models import User
from agencies.services import account
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Application
from onboarding.services import against, perform
from onboarding.workflow import ApplicationVerb, HandOver, MouVerb
from tests.factories import UserFactory
from tests.mou import approve, sign_on_paper
from tests.onboarding.mou.helpers import counter_sign_form, counter_sign_url, lead_client
from tests.payloads import sample

REVIEWED = "You reviewed or approved this application"


def again(person: User) -> User:
    """As the next request knows them: groups are asked once a request."""
    return User.objects.get(pk=person.pk)


def give_lead(person: User) -> None:
    person.groups.add(Group.objects.get(name=permissions.LEAD_SIGNATORY))


def counter_sign(mou, by):
    return perform(mou, MouVerb.COUNTER_SIGN, by=again(by), payload=sample(type(mou), MouVerb.COUNTER_SIGN))


def test_who_approved_does_not_counter_sign_and_reads_it_before_the_click(cast, signed, approved, client_of):
    give_lead(cast.admin)
    cast.lead = again(cast.admin)
    client = lead_client(client_of, cast)
    assert REVIEWED in client.get(counter_sign_url(signed)).text
    client.post(counter_sign_url(signed), counter_sign_form(signed, typed_name="Alex Admin"))
    signed.refresh_from_db()
    assert signed.state == "signed"


def test_a_hand_over_or_a_revoked_approval_does_not_wash_the_review_off(cast, signed, approved):
    colleague = UserFactory(groups=(permissions.HMIS_ADMIN,))
    perform(approved, ApplicationVerb.REVOKE_APPROVAL, by=cast.admin, reason="Again")
    perform(approved, ApplicationVerb.HAND_OVER, by=cast.admin, payload=HandOver(colleague))
    given = sample(Application, ApplicationVerb.APPROVE)
    perform(approved, ApplicationVerb.APPROVE, by=colleague, payload=given, reason="In order.")
    for person in (cast.admin, colleague):
        give_lead(person)
        with pytest.raises(GuardFailed, match=REVIEWED):
            counter_sign(signed, person)


def test_a_lead_made_by_who_approved_waits_seven_days(cast, signed, approved, time_machine):
    puppet = UserFactory()
    lead = Group.objects.get(name=permissions.LEAD_SIGNATORY)
    account.set_groups(user=puppet, by=cast.admin, groups=[lead])
    with pytest.raises(GuardFailed, match="made you Lead signatory"):
        counter_sign(signed, puppet)
    time_machine.move_to(timezone.now() + dt.timedelta(days=7, minutes=1))
    assert against(signed, MouVerb.COUNTER_SIGN, again(puppet)) == []


def test_who_made_a_lead_signatory_does_not_counter_sign_for_seven_days(cast, signed, approved, time_machine):
    other = UserFactory(groups=(permissions.HMIS_ADMIN, permissions.LEAD_SIGNATORY))
    lead = Group.objects.get(name=permissions.LEAD_SIGNATORY)
    account.set_groups(user=UserFactory(), by=other, groups=[lead])
    with pytest.raises(GuardFailed, match="You made somebody Lead signatory"):
        counter_sign(signed, other)
    time_machine.move_to(timezone.now() + dt.timedelta(days=7, minutes=1))
    assert against(signed, MouVerb.COUNTER_SIGN, again(other)) == []


def test_the_lead_of_long_standing_signs_a_lead_made_by_a_stranger_to_the_application_too(
    cast, signed, approved
):
    newcomer = UserFactory()
    account.set_groups(
        user=newcomer, by=UserFactory(groups=(permissions.HMIS_ADMIN,)), groups=[Group.objects.get(name="Lead signatory")]
    )  # fmt: skip
    for person in (cast.lead, newcomer):
        assert against(signed, MouVerb.COUNTER_SIGN, again(person)) == []


def test_who_recorded_the_agency_s_paper_does_not_counter_sign_it(cast, reference):
    signed = sign_on_paper(cast)
    approve(cast)
    User.objects.filter(pk=cast.director.pk).update(is_staff=True)
    give_lead(cast.director)
    given = sample(type(signed), MouVerb.COUNTER_SIGN_ON_PAPER)
    with pytest.raises(GuardFailed, match="You recorded the agency"):
        perform(signed, MouVerb.COUNTER_SIGN_ON_PAPER, by=again(cast.director), payload=given)


@pytest.mark.parametrize("group", permissions.GROUPS)
def test_nobody_changes_their_own_groups(cast, group):
    with pytest.raises(GuardFailed, match="own groups"):
        account.set_groups(
            user=cast.admin, by=cast.admin, groups=Group.objects.filter(name__in=[group, permissions.TRAINER])
        )
