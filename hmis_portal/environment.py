"""Settings from the environment: a word that is not understood stops the start with a sentence."""

import stat
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
env.prefix = "PORTAL_"

SHORTEST_SECRET = 50
WORDS = {
    **dict.fromkeys(("1", "on", "yes", "true"), True),
    **dict.fromkeys(("0", "off", "no", "false", ""), False),
}


def flag(name: str, *, default: bool) -> bool:
    """PORTAL_<name> as yes or no."""
    value = env.str(name, default="on" if default else "off")
    if value.strip().lower() not in WORDS:
        raise ImproperlyConfigured(
            f"PORTAL_{name} is “{value}”: set it to on or off (or 1, 0, yes, no, true, false)."
        )
    return WORDS[value.strip().lower()]


def number(name: str, *, default: int, least: int = 1) -> int:
    """PORTAL_<name> as a whole number."""
    value = env.str(name, default=str(default)).strip()
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise ImproperlyConfigured(f"PORTAL_{name} is “{value}”: set it to a whole number, {least} or more.")
    return int(value)


def secrets_hold(secret_key: str, redis_url: str) -> None:
    """Outside development: a secret key that cannot be guessed, and a password before what the queue tells workers."""
    if len(secret_key) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"PORTAL_SECRET_KEY has {len(secret_key)} characters: set it to a random string of at least {SHORTEST_SECRET}."
        )
    if not urlsplit(redis_url).password:
        raise ImproperlyConfigured(
            "REDIS_URL names no password: whoever reaches that server could give the workers orders. Set one on the "
            "server (requirepass) and write redis://:password@host:6379/0."
        )


def private_file(path: Path) -> None:
    """Raises ImproperlyConfigured when others than its owner may read a file with a key or another secret."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read: {error.strerror}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(
            f"{path} holds a secret and others than its owner may read it (mode {mode:04o}): run chmod 600 {path}"
        )
