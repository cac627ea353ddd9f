"""Uploads are held in memory, bounded: no temporary file that a full disk refuses or a killed worker leaves."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FILES_OF_A_REQUEST = 6  # so many of the largest are held at once


class BoundedMemoryHandler(FileUploadHandler):
    """Keeps what may be kept and one byte more; of the rest only the size, by which its field refuses it."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.most = settings.MAX_UPLOAD_BYTES + 1
        self.room = FILES_OF_A_REQUEST * self.most
        self.held = BytesIO()
        self.whole = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.held, self.whole = BytesIO(), True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        kept = raw_data[: max(0, min(self.most - self.held.tell(), self.room))]
        self.held.write(kept)
        self.room -= len(kept)
        self.whole = self.whole and len(kept) == len(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        self.held.seek(0)
        size = file_size if self.whole else max(file_size, self.most)
        return InMemoryUploadedFile(
            self.held, self.field_name, self.file_name or "", self.content_type or "", size, self.charset,
            self.content_type_extra,
        )  # fmt: skip
