"""The HMIS's own list of users beside what is agreed here: every difference once, and nothing acts by itself."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import User
from hmis_portal.models import AuditEvent
from onboarding.access.hmis import comparison, user_list
from onboarding.models import Access, Difference, HmisAccount, HmisUserList, RoleInHmis
from tests.factories import AgencyFactory, ProjectFactory, StaffFactory, UserFactory
from tests.onboarding.access.helpers import upload
from training import validity

pytestmark = pytest.mark.django_db
HERE = "admin:onboarding_hmisuserlist_compare"
HEAD = "Username,Email,Full name,Role,Programs,Status,Last login"


def person(agency, name, *, state="granted", account=None, **more):
    """Somebody on the roster, with access in this state."""
    user = UserFactory(email=f"{name}@harbor.example")
    row = StaffFactory(
        agency=agency, user=user, email=user.email, hmis_role="data_entry", access_level="entry", **more
    )
    when = {"granted_at": timezone.now(), "granted_by": user} if state != "ready" else {}
    return Access.objects.create(
        staff=row, state=state, account_name=name if account is None else account, **when
    )


def found():
    return sorted(Difference.objects.filter(over_at=None).values_list("kind", "user_name"))


@pytest.fixture
def agreed(cast, reference):
    """One of each: in order, suspended, second account, no account, wrong role, idle, unknown."""
    RoleInHmis.objects.create(role="data_entry", roles="Data entry")
    people = {name: person(cast.other_agency, name) for name in ("fine", "wrong", "idle", "gone")}
    people["held"] = person(cast.other_agency, "held", state="suspended")
    Access.objects.filter(pk=people["wrong"].pk).update(account_name="")  # found by the address
    today = timezone.localdate()
    old = today - dt.timedelta(days=200)
    people["text"] = "\n".join(
        [
            HEAD,
            f"FINE,other@x.example,Somebody,data entry,,Active,{today}",
            f"wally,Wrong@Harbor.example,W,Case worker,,Active,{today}",
            f"idle,,I,Data entry,,active,{old:%m/%d/%Y}",
            f"held,,H,Data entry,,Active,{today}",
            f"fine2,fine@harbor.example,F,Data entry,,Active,{today}",
            f"nobody,,Wrong Harbor,Data entry,,Active,{today}",
            f"off,,O,Data entry,,Disabled,{today}",
            ",x@x.example,No name,,,,",
            f"fine,,Twice,,,,{today}",
            "late,,L,,,,sometime",
        ]
    )
    return people


def test_each_kind_of_difference_with_why(cast, client_of, agreed):
    client = client_of(cast.admin)
    assert "No list was uploaded yet" in client.get(reverse(HERE)).text
    columns = upload(client, agreed["text"])
    assert "Which column says what" in columns.text
    chosen = {
        name: field.value() for name, field in ((f.name, f) for f in columns.context["form"]) if field.value()
    }
    assert chosen["user_name"] == "Username"
    page = client.post(reverse("admin:onboarding_hmisuserlist_columns"), chosen, follow=True).text
    assert found() == [
        ("idle", "idle"), ("no_account", "gone"), ("no_right", "fine2"), ("no_right", "held"),
        ("no_right", "nobody"), ("wrong", "wally"),
    ]  # fmt: skip
    for words in (
        "3 rows could not be read",
        "second account of a person",
        "Nobody in the portal has",
        "Access suspended",
    ):
        assert words in page
    wrong = Difference.objects.get(kind="wrong")
    assert "Roles there: Case worker. Agreed here: Data entry." in wrong.why
    assert not Access.objects.exclude(to_do="").exists()
    again = upload(client, agreed["text"])  # the columns are remembered
    assert "Compared: 6 differences." in again.text
    assert "Accounts without right today" in client.get(reverse("admin:index")).text
    assert client_of(cast.auditor).post(reverse(HERE), {"again": "yes"}).status_code == 403
    assert upload(client, agreed["text"], columns_again="on").context["form"].labels


def test_a_person_turns_a_difference_into_a_thing_to_do(cast, client_of, agreed):
    client = client_of(cast.admin)
    columns = dict(
        zip(
            ("user_name", "email", "name", "roles", "projects", "status", "last_sign_in"),
            HEAD.split(","),
            strict=True,
        )
    )
    columns.pop("projects")
    HmisUserList.objects.create(name="earlier", uploaded_by=cast.admin, columns=columns)
    upload(client, agreed["text"])
    row = Difference.objects.get(user_name="nobody")
    for _twice in range(2):
        client.post(reverse(HERE), {"row": [row.pk]})
    assert AuditEvent.objects.filter(verb="difference to be put right in the HMIS").count() == 1
    assert "Close the account" in client.get(reverse(HERE)).text
    listed = client.get(reverse("admin:onboarding_access_list", args=["csv"])).content.decode()
    assert f"D{row.pk},Close the account" in listed
    assert "1 thing more" in client.get(reverse("admin:onboarding_access_to_do")).text
    answer = SimpleUploadedFile("done.csv", f"Reference,Done on\nD{row.pk},{timezone.localdate()}\n".encode())
    client.post(reverse("admin:onboarding_access_answers"), {"file": answer})
    assert (
        "1 line is confirmed"
        in client.post(reverse("admin:onboarding_access_answers_preview"), follow=True).text
    )
    assert "nobody" not in client.get(reverse(HERE)).text
    upload(client, agreed["text"])  # a later list still has it
    row.refresh_from_db()
    assert (row.asked_at, row.done_at) == (None, None)
    client.post(reverse(HERE), {"row": [row.pk]})
    client.post(reverse(HERE), {"row": [row.pk], "done": "yes"})
    row.refresh_from_db()
    assert row.done_by == cast.admin
    upload(client, "\n".join(line for line in agreed["text"].split("\n") if "nobody" not in line))
    assert not comparison.open_differences().filter(user_name="nobody").exists()
    whose = Difference.objects.get(user_name="held")
    extra = Difference.objects.get(user_name="fine2")
    assert client.get(reverse("admin:onboarding_hmisuserlist_whose", args=[extra.pk])).status_code == 200
    answer = client.post(
        reverse("admin:onboarding_hmisuserlist_whose", args=[whose.pk]), {"email": "no@x.example"}
    )
    assert "Nobody has an account in the portal" in answer.text


def test_an_account_is_linked_by_a_person_and_the_last_sign_in_is_known(cast, client_of, reference):
    client = client_of(cast.admin)
    access = person(cast.other_agency, "linda", account="")
    HmisUserList.objects.create(
        name="earlier",
        uploaded_by=cast.admin,
        columns={"user_name": "Username", "last_sign_in": "Last login"},
    )
    day = timezone.localdate() - dt.timedelta(days=3)
    upload(client, f"Username,Last login\nlk7,{day}\n")
    row = Difference.objects.get(user_name="lk7")
    page = reverse("admin:onboarding_hmisuserlist_whose", args=[row.pk])
    client.post(page, {"email": "Linda@harbor.example"})
    assert not Difference.objects.filter(over_at=None, user_name="lk7").exists()
    linda = User.objects.get(pk=access.staff.user_id)
    assert (linda.hmis_signed_in_on, linda.hmis_listed_on) == (day, timezone.localdate())


@pytest.mark.parametrize(
    ("signed_in", "listed", "through"),
    [
        (None, None, None),  # without a list the rule is off
        (dt.date(2026, 1, 10), dt.date(2026, 7, 9), None),  # not yet six months when the list was made
        (dt.date(2026, 1, 10), dt.date(2026, 7, 10), dt.date(2026, 7, 9)),
        (dt.date(2025, 1, 10), dt.date(2026, 7, 10), dt.date(2026, 3, 31)),  # counted from the course
    ],
)
def test_hmis_basics_are_taken_again_after_six_idle_months(signed_in, listed, through):
    fact = validity.Fact(dt.date(2025, 10, 1), None)
    policy = validity.Policy(idle_months=6)
    assert validity.unless_idle(policy, fact, validity.Usage(signed_in, listed)).valid_through == through


STATES = ("granted", "suspended", "ended", "none")
ROW = st.tuples(
    st.sampled_from(STATES), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans(),
)  # state here; listed there, open there, right role, used lately, a second account  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=8), strangers=st.integers(0, 2), batch=st.integers(1, 4))
def test_every_difference_is_listed_once(cast, monkeypatch, rows, strangers, batch):
    monkeypatch.setattr(user_list, "BATCH", batch)
    for model in (Difference, HmisUserList, RoleInHmis):
        model.objects.all().delete()
    agency, today = AgencyFactory(), timezone.localdate()
    RoleInHmis.objects.create(role="data_entry", roles="Data entry")
    kept = HmisUserList.objects.create(
        name="x",
        uploaded_by=cast.admin,
        columns=dict.fromkeys(("user_name", "email", "roles", "last_sign_in"), "x"),
    )
    Access.objects.filter(state="granted").update(state="ready", granted_at=None, granted_by=None)
    expected, accounts = [], []

    def account(name, email="", *, active=True, right=True, used=True):
        day = today if used else today - dt.timedelta(days=500)
        accounts.append(
            HmisAccount(
                list=kept, user_name=name, user_key=name, email=email, active=active,
                roles="Data entry" if right else "Other", last_sign_in=day,
            )
        )  # fmt: skip

    for number, (state, listed, is_open, right, used, second) in enumerate(rows):
        name = f"p{number}-{agency.pk}"
        email = f"{name}@harbor.example"
        if state != "none":
            person(agency, name, state=state, account=name if number % 2 else "")
        if listed:
            account(name, email, active=is_open, right=right, used=used)
        if second and number % 2:
            account(f"{name}-2", email)
        has = listed or (second and number % 2)
        if state == "granted" and not (is_open if listed else has):
            expected.append("no_account")
        if listed and is_open:
            expected += ["wrong"] * (state == "granted" and not right) + ["idle"] * (
                state == "granted" and not used
            )
            expected += ["no_right"] * (state != "granted")
        if second and number % 2 and ((listed and state != "none") or state != "granted"):
            expected.append("no_right")
    for number in range(strangers):
        account(f"s{number}")
        expected.append("no_right")
    HmisAccount.objects.bulk_create(accounts)
    for _twice in range(2):
        assert comparison.compare(kept) == len(expected)
    kinds = Difference.objects.filter(over_at=None).values_list("kind", flat=True)
    assert sorted(kinds) == sorted(expected)


def test_a_batch_takes_the_same_number_of_queries(cast, monkeypatch):
    project = ProjectFactory(agency=cast.other_agency)
    kept = HmisUserList.objects.create(
        name="x", uploaded_by=cast.admin, columns={"user_name": "u", "roles": "r"}
    )

    def queries(more):
        start = HmisAccount.objects.count()
        for number in range(start, start + more):
            access = person(cast.other_agency, f"n{number}")
            access.staff.projects.add(project)
            HmisAccount.objects.create(
                list=kept, user_name=f"n{number}", user_key=f"n{number}", roles="Other"
            )
        with CaptureQueriesContext(connection) as asked:
            comparison.compare(kept)
        return len(asked)

    RoleInHmis.objects.create(role="data_entry", roles="Data entry")
    assert queries(3) == queries(20)
    monkeypatch.setattr(user_list, "BATCH", 23)
    one = queries(0)
    assert queries(23) - one <= one
