"""`make bench`, the documents: what rendering, sealing and checking an agreement of 8, 40 and 200 pages costs.

The floor of a size is bare WeasyPrint: the same HTML and fonts, and nothing of the portal's own. Times are medians;
the processor's time includes that of processes which were started for the work.
"""

import io
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.template.loader import render_to_string
from django.test.utils import override_settings
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.signing.agreeing import acts, requests, revisions, text, text_versions
from hmis_portal.signing.agreeing.signature import Identity, Signature
from hmis_portal.signing.models import Revision, SignatureAct, SigningRequest, TextVersion
from hmis_portal.signing.sealing import seal
from hmis_portal.signing.verifying import findings
from hmis_portal.typesetting import pdf

Row = dict[str, Any]
# How often the clauses of the sample are repeated to make about so many pages, and how often that is measured.
PAGES = {8: (1, 9), 40: (6, 5), 200: (33, 3)}
CLAUSE = re.compile(r"^## \d+\. (.*?)\{#([\w-]+)\}", re.MULTILINE)
ROLES = ("agency", "lead")
WHOLE = "whole request to executed file"


def measure_all(say: Callable[[str], None], sizes: tuple[int, ...] = tuple(PAGES)) -> list[Row]:
    """Rows for var/bench.json; leaves nothing in the database or among the documents."""
    say(f"{'document':<44}{'pages':>7}{'cpu ms':>10}{'wall ms':>10}{'bare':>8}")
    rows = []
    with _elsewhere():
        for pages in sizes:
            for row in _of_size(*PAGES[pages]):
                rows.append(row)
                ratio = row.get("ratio_to_floor", "")
                say(f"{row['name']:<44}{row['size']:>7}{row['cpu_ms']:>10}{row['wall_ms']:>10}{ratio:>8}")
    return rows


@contextmanager
def _elsewhere() -> Iterator[None]:
    """Files and a key in a folder that goes away; no worker hears of the work, and the database forgets it."""
    with tempfile.TemporaryDirectory() as folder:
        place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
        changed = {
            "DEBUG": True,  # a key of development
            "SEAL_CA_FILES": [],
            "SEAL_DIR": f"{folder}/seal",
            "TIMESTAMP_URL": "",
            "STORAGES": {**settings.STORAGES, "default": place},
        }
        with override_settings(**changed), transaction.atomic():
            yield
            transaction.set_rollback(True)


def _of_size(repeats: int, times: int) -> Iterator[Row]:
    people = [
        get_user_model()._default_manager.create(
            email=f"{role}-{repeats}@bench.example", first_name="Sam", last_name=role
        )
        for role in ROLES
    ]
    version = _version(repeats)
    request = _issue(version, people, "BENCH")
    html = _html(request)
    signed = [_sign(request, role) for role in ROLES]
    executed = documents.read(_executed(request).document)
    changed = bytearray(executed)
    changed[5000] ^= 1
    count = iter(range(10_000))

    def whole() -> SigningRequest:
        mou = _issue(version, people, f"BENCH-{next(count)}")
        for role in ROLES:
            _sign(mou, role)
        _executed(mou)
        return mou

    acts = {
        "bare WeasyPrint (the floor)": lambda: _bare(html),
        "render": lambda: revisions.issued_pdf(request),
        "render and three seals": lambda: _render_and_seal(request, signed),
        WHOLE: whole,
        "the same and its certificate of completion": lambda: _complete(whole()),
        "verify a known file": lambda: findings.look_up(executed),
        "verify an unknown file": lambda: (
            findings.look_up(bytes(changed)) or findings.by_seals(bytes(changed))
        ),
    }
    pages = _pages(_bare(html))
    for row in _rounds(acts, times):
        yield {**row, "size": pages}


def _rounds(acts: dict[str, Callable[[], object]], times: int) -> Iterator[Row]:
    """Each act once a round, so that a slow minute of the machine is everybody's; a ratio is a median of rounds."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in acts}
    for again in range(times + 1):
        for name, act in acts.items():
            wall, cpu = time.perf_counter(), _cpu()
            act()
            if again:  # the first round warms up
                taken[name].append((_cpu() - cpu, time.perf_counter() - wall))
    floors = [cpu for cpu, _ in next(iter(taken.values()))]
    for name, rounds in taken.items():
        cpu, wall = (statistics.median(values) * 1000 for values in zip(*rounds, strict=True))
        row = {
            "name": f"document: {name}",
            "cpu_ms": round(cpu, 1),
            "wall_ms": round(wall, 1),
            "requests": times,
        }
        if not name.startswith("verify"):
            ratios = [spent / floor for (spent, _), floor in zip(rounds, floors, strict=True)]
            row["ratio_to_floor"] = round(statistics.median(ratios), 2)
        if name == WHOLE:
            row["per_minute_per_core"] = round(60_000 / cpu, 1)
        yield row


def _version(repeats: int) -> TextVersion:
    """The sample MOU, its clauses repeated under new numbers."""
    sample = text_versions.current(TextVersion.Kind.MOU)
    if sample is None:
        raise RuntimeError("There is no published MOU.")
    first = CLAUSE.search(sample.body)
    if first is None:
        raise RuntimeError("The MOU has no clauses.")
    head, clauses = sample.body[: first.start()], sample.body[first.start() :]
    number = iter(range(1, 10_000))

    def copy(again: int) -> str:
        return CLAUSE.sub(
            lambda heading: f"## {next(number)}. {heading[1]}{{#{heading[2]}-{again}}}", clauses
        )

    parts = [copy(again) for again in range(repeats)]
    body = head + "\n\n".join(parts)
    return text_versions.save_draft(TextVersion.Kind.MOU, 9000 + repeats, body, sample=True)


def _issue(version: TextVersion, people: list[Any], reference: str) -> SigningRequest:
    parties = [
        requests.NewParty(role, f"The {role}", person, str(person), "Chair", "Bylaws")
        for role, person in zip(ROLES, people, strict=True)
    ]
    values = dict.fromkeys(text.variables(version.body), "Harbor House, Inc.")
    return requests.issue(
        version=version, reference=f"{reference}-{version.number}", values=values, parties=parties, by=None
    )


def _sign(request: SigningRequest, role: str) -> SignatureAct:
    """Everything from consent to the sealed file, as pages and worker do it."""
    if role == ROLES[0]:
        revisions.make(str(request.pk), Revision.CERTIFIED)
    party = requests.party(request, role)
    signer = party.user
    if signer is None:
        raise ValueError("Nobody signs for this party.")
    acts.consent(party, by=signer, ip=None, browser="", test_file_opened=True)
    revision = requests.to_read(party)
    signature = Signature(
        party.legal_name,
        party.title,
        party.authority,
        typed_name=party.legal_name,
        read_sha256=revision.sha256 if revision else "",
        identity=Identity(authenticated_at=timezone.now()),
    )
    act = acts.sign(party, signature, by=signer)
    revisions.make(str(request.pk), role)
    return act


def _executed(request: SigningRequest) -> Revision:
    final = requests.final_pdf(request)
    if final is None:
        raise RuntimeError("The request was not executed.")
    return final


def _complete(request: SigningRequest) -> None:
    if revisions.make_certificate(str(request.pk)) is None:
        raise RuntimeError("There is no certificate of completion.")


def _render_and_seal(request: SigningRequest, signed: list[SignatureAct]) -> bytes:
    data = seal.certify(revisions.issued_pdf(request)).data
    for act in signed:
        data = seal.seal(
            data,
            field=act.party.role,
            name=act.legal_name,
            organization=act.party.label,
            stamp=revisions.stamp_pdf(act),
        ).data
    return data


def _html(request: SigningRequest) -> str:
    return render_to_string("pdf/agreement.html", vars(revisions.issued_page(request)))


def _bare(html: str) -> bytes:
    page, fonts = pdf._page(html)
    data: bytes = page.write_pdf(pdf_variant="pdf/a-3a", **fonts)
    return data


def _pages(data: bytes) -> int:
    from pyhanko.pdf_utils.reader import PdfFileReader

    return int(PdfFileReader(io.BytesIO(data)).root["/Pages"]["/Count"])


def _cpu() -> float:
    """Seconds of the processor, with those of started processes."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
