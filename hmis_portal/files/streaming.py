"""A long list as CSV, written row by row: it is never whole in memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from hmis_portal.files.tables import harmless


class Echo:
    """A file that hands back what is written into it."""

    def write(self, line: str) -> str:
        return line


def csv_response(
    heads: Sequence[object], rows: Iterable[Sequence[object]], filename: str
) -> StreamingHttpResponse:
    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(heads)
        for row in rows:
            yield writer.writerow([harmless(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
