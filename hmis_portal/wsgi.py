"""The wsgi entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hmis_portal.settings")
application = get_wsgi_application()

from hmis_portal.signing.sealing.keys import check_configured  # noqa: E402

check_configured()
