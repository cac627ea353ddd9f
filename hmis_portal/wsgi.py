"""The wsgi entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hmis_portal.settings")
application = get_wsgi_application()
