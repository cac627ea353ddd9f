#!/usr/bin/env python
"""Django's command line for the portal."""

import gc
import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["migrate"]:
        # It makes classes by the ten thousand: looking for garbage as often as by default takes a fifth of its time.
        gc.set_threshold(50_000, 10, 10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hmis_portal.settings")
    from django.core.management import execute_from_command_line

    from hmis_portal.running.stack import in_one_piece

    in_one_piece(execute_from_command_line)(sys.argv)


if __name__ == "__main__":
    main()
