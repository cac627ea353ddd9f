"""Settings of the live portal: a browser keeps the static files, as it does where their names carry a hash."""

import gc

from hmis_portal.settings import *  # noqa: F403

WHITENOISE_MAX_AGE = 3600
# Some thirty programs are started: looking for garbage as often as by default took a sixth of each start.
gc.set_threshold(50_000, 10, 10)
