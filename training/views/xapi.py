"""xAPI: learning systems send statements here, with credentials and without a session."""

import base64
import binascii
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hmis_portal.web.visits import too_often
from training.doors.xapi import credentials, storing
from training.doors.xapi.checking import Invalid, uuid_of
from training.models import Credential, Statement

VERSIONS = {"1.0": "1.0.3", "2.0": "2.0.0"}
TEXT, CHALLENGE = "text/plain; charset=utf-8", 'Basic realm="xAPI", charset="UTF-8"'
READING, ALLOWED = "GET, HEAD", "GET, HEAD, POST, PUT"
MOST_BYTES, MOST_STATEMENTS = 4 * 1024 * 1024, 500


class Refused(Exception):
    """An answer in the standard's form: a code, and a sentence that says why."""

    def __init__(self, code: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.code, self.words, self.headers = code, words, headers


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The headers that each answer bears, and refusals as the standard has them."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except Invalid as error:
            answer = _refusal(400, str(error))
        except Refused as error:
            answer = _refusal(error.code, error.words)
            for name, value in error.headers.items():
                answer[name.replace("_", "-")] = value
        asked = request.headers.get("X-Experience-API-Version", "")
        answer["X-Experience-API-Version"] = VERSIONS.get(asked[:3], "2.0.0")
        answer["X-Experience-API-Consistent-Through"] = timezone.now().isoformat()
        answer["Cache-Control"] = "no-store"
        return answer

    return answered


def _refusal(code: int, words: str) -> HttpResponse:
    return HttpResponse(words, status=code, content_type=TEXT)


@_answering
def about(request: HttpRequest) -> HttpResponse:
    """Which versions are spoken; for everybody, as the standard asks."""
    if request.method not in ("GET", "HEAD"):
        raise Refused(405, _("Ask with GET."), Allow=READING)
    return JsonResponse({"version": list(VERSIONS.values())})


@_answering
def other(request: HttpRequest, rest: str) -> HttpResponse:
    raise Refused(404, _("The portal receives statements; it has no other resource of the standard."))


@_answering
def statements(request: HttpRequest) -> HttpResponse:
    credential = _identified(request)
    version = request.headers.get("X-Experience-API-Version", "")
    if version not in VERSIONS and version[:4] not in ("1.0.", "2.0."):
        raise Refused(400, _("The header X-Experience-API-Version must name a version of 1.0 or 2.0."))
    match request.method:
        case "GET" | "HEAD":
            return _one(request, credential)
        case "PUT":
            return _put(request, credential)
        case "POST":
            return _post(request, credential)
    raise Refused(405, _("Send statements with POST or PUT."), Allow=ALLOWED)


def _identified(request: HttpRequest) -> Credential:
    scheme, _blank, encoded = request.headers.get("Authorization", "").partition(" ")
    credential = None
    if scheme.casefold() == "basic":
        try:
            key, _colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            key = secret = ""
        credential = credentials.known(key, secret) if "\0" not in key else None
    if (
        wait := too_often(request, "xapi", key=credential.key)
        if credential
        else too_often(request, "xapi_refused")
    ):
        raise Refused(429, _("Too many requests. Try again later."), Retry_After=str(wait))
    if credential is None:
        raise Refused(401, _("Send credentials that were made in the portal."), WWW_Authenticate=CHALLENGE)
    return credential


def _put(request: HttpRequest, credential: Credential) -> HttpResponse:
    wanted = str(uuid_of(_only(request, "statementId"), "statementId"))
    statement = _sent(request)
    if not isinstance(statement, dict) or str(statement.setdefault("id", wanted)).lower() != wanted:
        raise Refused(400, _("The id of the statement must be the statementId of the address."))
    _keep([statement], credential)
    return HttpResponse(status=204)


def _post(request: HttpRequest, credential: Credential) -> HttpResponse:
    if request.GET:
        raise Refused(400, _("POST takes no parameters; the alternate request syntax is not offered."))
    sent = _sent(request)
    batch = sent if isinstance(sent, list) else [sent]
    if len(batch) > MOST_STATEMENTS:
        raise Refused(413, _("Send %(most)d statements or fewer at once.") % {"most": MOST_STATEMENTS})
    return JsonResponse(_keep(batch, credential), safe=False)


def _keep(batch: list[object], credential: Credential) -> list[str]:
    try:
        return storing.store(batch, credential=credential)
    except storing.Conflict as conflict:
        words = _("The statement %(id)s was sent before with another content.") % {"id": conflict.args[0]}
        raise Refused(409, words) from conflict


def _sent(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise Refused(400, _("Send statements as application/json; attachments are not taken."))
    too_large = Refused(413, _("Send %(most)d MB or less at once.") % {"most": MOST_BYTES // 1024 // 1024})
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise too_large
    try:
        return json.loads(request.body.decode(), parse_constant=_no_number)
    except RequestDataTooBig:
        raise too_large from None
    except (ValueError, RecursionError):
        raise Refused(400, _("The body must be JSON in UTF-8.")) from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def _one(request: HttpRequest, credential: Credential) -> HttpResponse:
    """A single statement of this source; lists are not offered."""
    name = "voidedStatementId" if "voidedStatementId" in request.GET else "statementId"
    if not request.GET.keys() & {"statementId", "voidedStatementId"}:
        raise Refused(501, _("The portal gives back single statements, by statementId or voidedStatementId."))
    wanted = uuid_of(_only(request, name, "format", "attachments"), name)
    own = Statement.objects.filter(door=credential.door)
    voided = own.filter(voids=wanted).exists()
    row = own.filter(statement_id=wanted).first()
    if row is None or voided != (name == "voidedStatementId"):
        raise Refused(404, _("There is no such statement."))
    answer = JsonResponse(row.body)
    answer["Last-Modified"] = row.stored_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return answer


def _only(request: HttpRequest, name: str, *also: str) -> str:
    """The one parameter that is meant; others are refused, as the standard asks."""
    if unknown := request.GET.keys() - {name, *also}:
        names = ", ".join(sorted(unknown))
        raise Refused(400, _("These parameters do not belong here: %(names)s.") % {"names": names})
    if name not in request.GET:
        raise Refused(400, _("The parameter %(name)s is missing.") % {"name": name})
    return request.GET[name]
