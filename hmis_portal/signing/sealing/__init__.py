"""Seals on bytes, their keys and certificates, and what is revoked. Knows nothing of who agreed to what."""
