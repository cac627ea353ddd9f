"""Uploads are held in memory, bounded: no temporary file that a full disk refuses or a killed worker leaves.

A page that passes a long file on to a worker says so of itself: then it lies in a file without a name, of which nothing
is left however the process ends.
"""

import tempfile
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest

FILES_OF_A_REQUEST = 6  # so many of the largest are held at once


class BoundedMemoryHandler(FileUploadHandler):
    """Keeps what may be kept and one byte more; of the rest only the size, by which its field refuses it."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.most = settings.MAX_UPLOAD_BYTES + 1
        self.room = FILES_OF_A_REQUEST * self.most
        self.held = BytesIO()
        self.whole = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.held, self.whole = BytesIO(), True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        within = raw_data[: max(0, min(self.most - self.held.tell(), self.room))]
        self.held.write(within)
        self.room -= len(within)
        self.whole = self.whole and len(within) == len(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        self.held.seek(0)
        size = file_size if self.whole else max(file_size, self.most)
        return InMemoryUploadedFile(
            self.held, self.field_name, self.file_name or "", self.content_type or "", size, self.charset,
            self.content_type_extra,
        )  # fmt: skip


def takes_large_files(view: Any, may: Callable[[Any], bool]) -> None:
    """Of these people this view takes files that are too large to be held; its field says how large."""
    view.large_files_from = may


class LargeFileHandler(FileUploadHandler):
    """Stands before the one that holds files, and leaves them to it unless the page takes large ones."""

    file: IO[bytes] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        request: Any = self.request
        view = request.resolver_match and request.resolver_match.func
        may = getattr(view, "large_files_from", None)
        if may and may(request.user):
            self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed with the request
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.file is None:
            return raw_data
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        if self.file is None:
            return None
        self.file.seek(0)
        return UploadedFile(
            self.file, self.file_name or "", self.content_type or "", file_size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
