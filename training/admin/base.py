"""What the trainers' admin pages share."""

from django.db import models

# An address typed without a scheme is taken as https.
HTTPS = {models.URLField: {"assume_scheme": "https"}}
