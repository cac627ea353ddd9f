"""Settings of the live portal: a browser keeps the static files, as it does where their names carry a hash; axe-core, which
looks at its pages, is one of them."""

from importlib.resources import files

from hmis_portal.settings import *  # noqa: F403
from hmis_portal.settings import STATICFILES_DIRS

WHITENOISE_MAX_AGE = 3600
STATICFILES_DIRS += [("axe", files("axe_core_python"))]
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
