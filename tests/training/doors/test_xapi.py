"""xAPI statements of a learning system: who may send, what is refused and how, what becomes of them."""

import base64
import datetime as dt
import json
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from hmis_portal.models import AuditEvent
from training import services
from training.doors.xapi import credentials, reading
from training.models import Completion, Credential, Door, HeldResult, Statement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
URL = "/xapi/statements"
VERBS = "http://adlnet.gov/expapi/verbs/"


@pytest.fixture
def made(opened, course, door):
    return credentials.make(door, by=opened.admin)


@pytest.fixture
def send_statements(made):
    credential, secret = made
    return sender(credential.key, secret)


def sender(key, secret):
    basic = base64.b64encode(f"{key}:{secret}".encode()).decode()

    def send(said=None, *, method="POST", query="", body=None, **headers):
        given = {"HTTP_AUTHORIZATION": f"Basic {basic}", "HTTP_X_EXPERIENCE_API_VERSION": "1.0.3", **headers}
        content = {} if method in ("GET", "HEAD") else {"data": body or json.dumps(said)}
        client = Client(enforce_csrf_checks=True)
        return client.generic(method, URL + query, content_type="application/json", **content, **given)

    return send


def statement(cast, word="passed", /, **kwargs):
    said = {
        "id": str(uuid4()),
        "actor": {"mbox": f"mailto:{cast.staff.email.upper()}", "name": "Sasha"},
        "verb": {"id": VERBS + word, "display": {"en-US": word}},
        "object": {"id": "https://lms.example/course/7", "definition": {"name": {"en-US": "Privacy 101"}}},
        "result": {"success": word != "failed", "score": {"scaled": 0.925}},
        "timestamp": "2026-11-02T10:00:00-05:00",
    }
    return {key: value for key, value in {**said, **kwargs}.items() if value is not ...}


@pytest.fixture
def mapped(door, course):
    door.courses.create(key="https://lms.example/course/7", course=course)


def test_a_statement_becomes_a_completion(opened, course, mapped, send_statements, door):
    said = statement(opened)
    answer = send_statements(said)
    assert (answer.status_code, answer.json()) == (200, [said["id"]])
    assert answer["X-Experience-API-Version"] == "1.0.3"
    assert "X-Experience-API-Consistent-Through" in answer
    row = Completion.objects.get()
    assert (row.person, row.course, row.score, row.passed, row.source, row.door) == (
        opened.staff, course, 92, True, "xapi", door,
    )  # fmt: skip
    assert row.completed_at == dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
    assert (row.source_time, row.recorded_by) == ("2026-11-02T10:00:00-05:00", None)
    assert not answer.cookies
    kept = send_statements(method="GET", query=f"?statementId={said['id']}").json()
    assert kept["actor"] == said["actor"]
    assert {"stored", "authority", "version"} <= set(kept)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Statement.objects.update(outcome="x")


def test_25_the_same_id_again_is_a_no_op_and_with_another_content_a_conflict(opened, mapped, send_statements):
    said = statement(opened)
    send_statements(said)
    same = {**said, "verb": {"id": VERBS + "passed"}, "timestamp": "2026-11-02T15:00:00Z"}
    assert send_statements(same).status_code == 200
    put = f"?statementId={said['id'].upper()}"
    assert send_statements(said, method="PUT", query=put).status_code == 204
    other = send_statements({**said, "result": {"score": {"scaled": 0.1}}})
    assert (other.status_code, said["id"] in other.text) == (409, True)
    fresh = statement(opened, timestamp="2026-11-03T10:00:00Z")
    assert send_statements([fresh, {**said, "timestamp": "2026-11-04T10:00:00Z"}]).status_code == 409
    assert Statement.objects.count() == Completion.objects.count() == 1


def test_27_an_unknown_actor_or_activity_is_held_and_blocks_nobody(opened, mapped, send_statements):
    account = {"account": {"homePage": "https://lms.example", "name": opened.staff.email}}
    batch = [
        statement(opened, actor=account),
        statement(opened, object={"id": "https://lms.example/course/8"}),
        statement(opened, result={"success": True}),
        statement(opened),
    ]
    assert send_statements(batch).json() == [one["id"] for one in batch]
    assert Completion.objects.count() == 1
    assert set(HeldResult.objects.values_list("why", flat=True)) == {"no_person", "no_course", "no_score"}
    assert HeldResult.objects.filter(who__contains="https://lms.example").exists()
    assert Statement.objects.get(statement_id=batch[1]["id"]).outcome == "Held: No course here has this name."


@pytest.mark.parametrize(
    ("verb", "result", "passed"),
    [
        ("passed", {"score": {"raw": 18, "min": 0, "max": 20}}, True),
        ("passed", {"score": {"scaled": 0.799}}, False),  # the course asks for 80
        ("failed", {"score": {"scaled": 0.9}}, False),
        ("completed", {"success": True, "score": {"raw": 85}}, True),
        ("completed", {"completion": True}, None),  # gone through; the test comes apart
        ("completed", {"completion": False, "score": {"scaled": 1}}, None),
        ("experienced", {"score": {"scaled": 1}}, None),
    ],
)
def test_9_only_what_ends_a_course_is_an_attempt(opened, mapped, send_statements, verb, result, passed):
    assert send_statements(statement(opened, verb, result=result)).status_code == 200
    assert list(Completion.objects.values_list("passed", flat=True)) == ([] if passed is None else [passed])
    assert Statement.objects.count() == 1
    assert not HeldResult.objects.exists()


def voiding(cast, said, **kwargs):
    target = {"objectType": "StatementRef", "id": said["id"]}
    return statement(cast, "voided", object=target, result=..., timestamp=..., **kwargs)


def test_10_what_is_taken_back_counts_until_a_person_says_so(opened, course, mapped, send_statements):
    said, held = statement(opened), statement(opened, actor={"mbox": "mailto:x@nowhere.example"})
    send_statements([said, held])
    back = voiding(opened, said)
    assert send_statements([back, voiding(opened, held)]).status_code == 200
    assert not hasattr(Completion.objects.get(), "void")
    assert HeldResult.objects.waiting().get().why == "voided_there"
    assert HeldResult.objects.get(why="no_person").reason == "The source took it back."
    assert send_statements(method="GET", query=f"?statementId={said['id']}").status_code == 404
    assert send_statements(method="GET", query=f"?voidedStatementId={said['id']}").json()["id"] == said["id"]
    assert send_statements(voiding(opened, back)).status_code == 400
    later = statement(opened, timestamp="2026-11-05T10:00:00Z")
    assert send_statements(voiding(opened, later)).status_code == 200
    send_statements(later)  # taken back before it came
    assert Completion.objects.count() == 1


WRONG = {
    "A statement must be an object.": "text",
    "A statement needs an object as its actor.": {"actor": ...},
    "A statement has no property extra.": {"extra": 1},
    "statement.result.success must not be null.": {"result": {"success": None}},
    "id must be a UUID.": {"id": "7"},
    "actor must have exactly one of": {"actor": {"name": "Sasha"}},
    "actor.mbox: it is not of the right form.": {"actor": {"mbox": "sasha@x.example"}},
    "verb.id must be an address with a scheme": {"verb": {"id": "passed"}},
    "object.id must be an address with a scheme": {"object": {"id": "7"}},
    "result.success must be true or false.": {"result": {"success": "true"}},
    "result.score.scaled must be a number.": {"result": {"score": {"scaled": "0.9"}}},
    "result.score.scaled must be from -1 to 1.": {"result": {"score": {"scaled": 92}}},
    "result.score.raw must be from min to max.": {"result": {"score": {"raw": 5, "min": 6, "max": 9}}},
    "timestamp must be a date and time of ISO 8601.": {"timestamp": "yesterday"},
    "must be a StatementRef.": {"verb": {"id": VERBS + "voided"}},
    "context.registration must be a UUID.": {"context": {"registration": 5}},
    "version must be of 1.0 or 2.0.": {"version": "0.9"},
    "Attachments are taken only by their fileUrl.": {"attachments": [{}]},
}


def test_what_the_standard_refuses_is_refused_whole_with_a_sentence(opened, mapped, send_statements):
    for words, change in WRONG.items():
        bad = statement(opened, **change) if isinstance(change, dict) else change
        answer = send_statements([statement(opened), bad])
        assert (answer.status_code, words in answer.text) == (400, True), (words, answer.text)
        assert answer["Content-Type"].startswith("text/plain")
    same = statement(opened)
    assert "the same id" in send_statements([same, same]).text
    deep = b"[" * 100_000
    for answer in (
        send_statements(body=b"{"), send_statements(body=b"\xff"), send_statements(body=deep), send_statements(body=b'{"id": NaN}'),
        send_statements(statement(opened), query="?method=PUT"), send_statements(statement(opened), method="PUT"),
        send_statements(statement(opened), method="PUT", query=f"?statementId={uuid4()}"),
        send_statements(statement(opened), HTTP_X_EXPERIENCE_API_VERSION=""),
        send_statements(statement(opened), HTTP_X_EXPERIENCE_API_VERSION="1.1.0"),
        send_statements(statement(opened), HTTP_X_EXPERIENCE_API_VERSION="0.95"),
        send_statements(method="GET", query=f"?statementId={uuid4()}&limit=1"), send_statements(method="GET", query="?statementId=7"),
    ):  # fmt: skip
        assert answer.status_code == 400, answer.text
        assert answer["X-Experience-API-Version"]
    assert send_statements(body=b" " * (4 * 1024 * 1024 + 1)).status_code == 413
    assert send_statements([statement(opened)] * 501).status_code == 413
    assert send_statements(method="DELETE").status_code == 405
    assert send_statements(method="GET").status_code == 501
    assert not Statement.objects.exists()
    for version, answered in (("1.0", "1.0.3"), ("2.0.0", "2.0.0")):
        assert (
            send_statements([], HTTP_X_EXPERIENCE_API_VERSION=version)["X-Experience-API-Version"] == answered
        )


def test_who_may_send(opened, mapped, made, settings):
    credential, secret = made
    for key, word in ((credential.key, "x"), ("x", secret), (credential.key + "\0", secret)):
        answer = sender(key, word)(statement(opened))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
    assert Client().get(URL, HTTP_AUTHORIZATION="Basic ###").status_code == 401
    assert opened.client("admin").post(URL, "{}", content_type="application/json").status_code == 401
    assert Client().get("/xapi/about").json() == {"version": ["1.0.3", "2.0.0"]}
    assert Client().get("/xapi/activities/state").status_code == 404
    other = Door.objects.create(name="Another", kind=Door.Kind.XAPI)
    said = statement(opened)
    sender(credential.key, secret)(said)
    of_other = sender(*(lambda made: (made[0].key, made[1]))(credentials.make(other, by=opened.admin)))
    assert of_other(method="GET", query=f"?statementId={said['id']}").status_code == 404
    credentials.revoke(credential, by=opened.admin)
    assert sender(credential.key, secret)(statement(opened)).status_code == 401


def test_too_many_requests_are_told_when_to_come_again(opened, mapped, send_statements, settings):
    once = replace(settings.LIMITS["xapi"][0], times=1)
    settings.LIMITS = {**settings.LIMITS, "xapi": (once,)}
    send_statements([])
    answer = send_statements([])
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_credentials_are_made_and_revoked_in_the_admin_and_the_secret_is_shown_once(opened, door):
    client = opened.client("admin")
    page = client.post(reverse("admin:training_credential_make"), {"door": door.pk})
    credential = Credential.objects.get()
    secret = dict(page.context["facts"])["Secret (password)"]
    assert secret in page.text
    assert "no-store" in page["Cache-Control"]
    assert credentials.known(credential.key, secret) == credential
    assert secret not in client.get(reverse("admin:training_credential_change", args=[credential.pk])).text
    assert secret not in str(Credential.objects.values())
    revoke = reverse("admin:training_credential_revoke", args=[credential.pk])
    assert opened.client("trainer").post(revoke).status_code == 403
    client.post(revoke, {"sure": "yes"})
    assert credentials.known(credential.key, secret) is None
    assert "already revoked" in client.post(revoke, {"sure": "yes"}, follow=True).text
    assert set(AuditEvent.objects.filter(verb__startswith="credentials").values_list("verb", flat=True)) == {
        "credentials made", "credentials revoked",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("score", "percent"),
    [
        ({"scaled": 0.29}, 29), ({"scaled": -0.5}, 0), ({"raw": 46, "max": 50}, 92), ({"raw": 79.9}, 79),
        ({"raw": 120}, None), ({}, None), ({"raw": 5, "min": 5, "max": 10}, 0),
    ],
)  # fmt: skip
def test_scores_are_whole_percent_and_never_rounded_up(score, percent):
    assert reading.score_of(score) == percent


def test_a_statement_beside_a_trainers_record_is_another_fact(opened, course, mapped, send_statements):
    services.record_completion(
        services.Result(person=opened.staff, course=course, completed_on=dt.date(2026, 11, 2), score=92),
        by=opened.trainer,
    )
    send_statements(statement(opened))
    assert Completion.objects.count() == 2
