#!/usr/bin/env python
"""The portal's commands. `python manage.py help` lists them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

NEED_NO_SETTINGS = ("services", "demo", "compile_catalogues")


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scn.settings")
    if sys.argv[1:2] and sys.argv[1] in NEED_NO_SETTINGS:
        os.environ.setdefault("DEMO", "1")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
