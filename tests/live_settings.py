"""Settings of the live portal: a browser keeps the static files, as it does where their names carry a hash."""

from hmis_portal.settings import *  # noqa: F403

WHITENOISE_MAX_AGE = 3600
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
