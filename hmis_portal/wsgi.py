"""The wsgi entry point of the web server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hmis_portal.settings")
os.environ["PORTAL_PROCESS"] = "web"
application = get_wsgi_application()
reverse("healthz")  # loads the pages now, not while the first visitor waits

from hmis_portal.attesting import keys as evidence_keys  # noqa: E402
from hmis_portal.running import roles  # noqa: E402
from hmis_portal.signing.sealing import key_files  # noqa: E402

evidence_keys.check_configured()
key_files.check_not_here()
roles.check_not_owner()
