"""The asgi entry point of the web server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hmis_portal.settings")
os.environ["PORTAL_PROCESS"] = "web"
application = get_asgi_application()
