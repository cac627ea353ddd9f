"""Files made to hold the portal up: the page answers at once, and a worker's process with limits reads the rest."""

import json
import os
import subprocess
import sys
import time
import zlib

import pytest

from hmis_portal.signing.sealing import seal_reader
from hmis_portal.signing.verifying import findings
from hmis_portal.signing.verifying.findings import Answer
from tests.hmis_portal.signing.verifying.hostile import CATALOG, SIGNATURE, two_hundred_pages, whole


def fields_that_hold_each_other():
    fields = b"".join(
        b"%d 0 obj<</FT/Sig/T(a)/Kids[%d 0 R %d 0 R]>>endobj\n" % (n, n + 1 if n < 219 else 20, n)
        for n in range(20, 220)
    )
    return whole(CATALOG + fields + SIGNATURE)


def nested_a_million_times():
    return whole(CATALOG + b"20 0 obj" + b"[" * 1_000_000 + b"]" * 1_000_000 + b"endobj\n" + SIGNATURE)


def table_that_follows_itself():
    body = CATALOG + SIGNATURE
    return whole(body, previous=b"/Prev %d" % len(body))


def stream_of_a_gigabyte():
    """A hundred times the same piece, packed once; the checksum of nothing but zeros is their number."""
    packer = zlib.compressobj(9, wbits=-15)
    piece = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (1_000_000_000 % 65521 << 16 | 1).to_bytes(4, "big")
    packed = b"\x78\xda" + piece * 100 + packer.flush() + checksum
    head = b"%PDF-1.7\n/ByteRange\n"
    stream = b"1 0 obj<</Type/XRef/Size 5/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(
        packed
    )
    return head + stream + packed + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(head)


def ten_megabytes_of_ends():
    piece = b"1 0 obj<</Type/Page/Kids[1 0 R]>>endobj\n%%EOF\n"
    return (b"%PDF-1.7\n/ByteRange [0 1 2 3]\n" + piece * 240_000)[: 10 * 1024 * 1024]


@pytest.mark.parametrize(
    "make",
    [
        two_hundred_pages,
        fields_that_hold_each_other,
        nested_a_million_times,
        table_that_follows_itself,
        stream_of_a_gigabyte,
        ten_megabytes_of_ends,
    ],
)
def test_it_holds_neither_the_page_nor_the_worker(db, make):
    data = make()
    before = time.process_time()
    assert findings.look_up(data) is None  # no hash tells: it is for the worker
    assert time.process_time() - before < 1
    answer, seconds, kilobytes = measured(data)
    assert not answer or "error" in answer  # no seal, or no answer within the limits
    assert seconds < seal_reader.SECONDS + 1
    assert kilobytes < seal_reader.MEMORY / 1024 * 1.1


def test_what_the_reader_does_not_answer_is_unsure(db):
    assert findings.by_seals(nested_a_million_times()).answer in (Answer.NOT_OURS, Answer.UNSURE)


def test_the_measure_tells_a_reader_without_limits(tmp_path):
    """The peak is that of the reader alone, not of whatever the tests ran before."""
    greedy = tmp_path / "greedy.py"
    greedy.write_text(
        "SECONDS, MEMORY = 20, 2**31\n\ndef read(data, about, roots):\n    bytearray(300_000_000)\n    return []"
    )
    _answer, _seconds, kilobytes = measured(b"", reader=str(greedy))
    assert kilobytes > 290_000
    _answer, _seconds, kilobytes = measured(table_that_follows_itself())
    assert kilobytes < 290_000


MEASURE = """
import json, resource, sys
from hmis_portal.files import foreign, readers
from hmis_portal.signing.sealing import seal_reader
seal_reader.__file__ = sys.argv[1] or seal_reader.__file__
answer = foreign.ask(seal_reader, sys.stdin.buffer.read(), about="seals", roots=[])
readers.end()
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([answer, spent.ru_utime, spent.ru_maxrss]))
"""


def measured(data, reader=""):
    """What the reader says, its processor time in seconds and its largest size in KB: of this one child."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURE, reader],
        input=data, capture_output=True, check=True, env={**os.environ, "PORTAL_DEBUG": "1"},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])
