"""Whether the seals in a file of the portal’s own hold. Files from outside are read by `verifying.findings`."""

from dataclasses import dataclass

from django.conf import settings

from hmis_portal.signing.models import SealKey
from hmis_portal.signing.sealing import certificates, key_files, seal_reader


@dataclass(frozen=True)
class Seal:
    """One seal in a file, as an independent reader of its cryptography sees it."""

    field: str
    name: str
    intact: bool
    trusted: bool
    changed_since: bool
    at: str

    @property
    def good(self) -> bool:
        return self.intact and self.trusted and not self.changed_since


def seals(data: bytes, *, changes: bool = True) -> list[Seal]:
    """The seals of one of the portal's own files. Not for files from outside.

    `changes=False` for bytes that are known to be those that were sealed: nothing can have been added since.
    """
    times = [certificates.pem(key_files.timestamp_root())] if settings.TIMESTAMP_ROOT_FILE else None
    return [Seal(**read) for read in seal_reader.seals(data, roots(), times, changes=changes)]


def holds(data: bytes, number: int, *, changes: bool = True) -> bool:
    """Whether a file of the portal's carries so many seals, each intact and ours; `changes` as for `seals`."""
    present = seals(data, changes=changes)
    return len(present) == number and all(seal.good for seal in present)


def roots() -> list[str]:
    """The roots of every authority that ever sealed here: a file may be older than the end of its key."""
    chains = list(SealKey.objects.values_list("chain", flat=True))
    last = ["-----BEGIN" + chain.rsplit("-----BEGIN", 1)[1] for chain in chains]
    return list(dict.fromkeys(last))
