"""Settings from the environment: a word that is not understood stops the start with a sentence."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
env.prefix = "PORTAL_"

SHORTEST_SECRET = 50
# Of the states and territories, by the names of the time zone database; how people call them: hmis_portal/text/words.py.
US_ZONES = (
    "America/New_York", "America/Detroit", "America/Indiana/Indianapolis", "America/Kentucky/Louisville", "America/Chicago",
    "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "America/Adak",
    "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago",
)  # fmt: skip
LIMIT = re.compile(
    r"(?P<times>[1-9]\d*)/(?P<count>[1-9]\d*)?(?P<unit>[smhd])/(?P<per>person|address|visitor|key)"
)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
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


def time_zone() -> str:
    """PORTAL_TIME_ZONE: the zone with which an installation begins; afterwards it is set on the desk."""
    zone: str = env.str("TIME_ZONE", default=US_ZONES[0]).strip()
    if zone not in US_ZONES:
        raise ImproperlyConfigured(f"PORTAL_TIME_ZONE is “{zone}”: set it to one of {', '.join(US_ZONES)}.")
    return zone


def scanner(address: str) -> str:
    """PORTAL_CLAMD_ADDRESS: the address of clamd; "" where its absence was accepted by the word "none"."""
    host, colon, port = address.rpartition(":")
    if address == "none":
        return ""
    if address.startswith("/") or (host and colon and port.isdecimal()):
        return address
    raise ImproperlyConfigured(
        f"PORTAL_CLAMD_ADDRESS is “{address}”: set it to the virus scanner (clamd), as host:port or the path of its socket, "
        "or to none to take files that no scanner has seen."
    )


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds, per person, address, visitor (an address, not signed in) or key."""

    times: int
    seconds: int
    per: str

    def __str__(self) -> str:
        return f"{self.times}/{self.seconds}/{self.per}"


def limits(name: str, default: str) -> tuple[Limit, ...]:
    """PORTAL_LIMIT_<name> as "60/h/person 300/10m/address": how often, within what time, per whom."""
    text = env.str(f"LIMIT_{name.upper()}", default=default)
    matches = [LIMIT.fullmatch(match) for match in text.replace(",", " ").split()]
    if not matches or None in matches:
        raise ImproperlyConfigured(
            f"PORTAL_LIMIT_{name.upper()} is “{text}”: set it to limits such as “{default}”, each so many times in so many "
            "seconds (s), minutes (m), hours (h) or days (d), per person, address, visitor or key."
        )
    return tuple(
        Limit(int(match["times"]), int(match["count"] or 1) * SECONDS[match["unit"]], match["per"])
        for match in matches
        if match
    )


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
