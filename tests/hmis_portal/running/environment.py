"""Settings with which the portal starts outside development."""

WORKING = {
    "PORTAL_SECRET_KEY": "x" * 60,
    "PORTAL_ALLOWED_HOSTS": "portal.example",
    "PORTAL_SEAL_CA_FILE": "/etc/portal/seal.pem",
    "PORTAL_EVIDENCE_KEYS_FILE": "/etc/portal/evidence-key",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal",
    "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    "PORTAL_CLAMD_ADDRESS": "none",
}
