"""Signing’s side of the admin: the texts, the keys of the seal, the files to make, and what the nightly check found."""

from hmis_portal.signing.admin import files, notices, seal_keys, texts

__all__ = ["files", "notices", "seal_keys", "texts"]
