#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hmis_portal.settings")
    from django.core.management import execute_from_command_line

    from hmis_portal.running.stack import in_one_piece

    in_one_piece(execute_from_command_line)(sys.argv)


if __name__ == "__main__":
    main()
