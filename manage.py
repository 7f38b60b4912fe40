#!/usr/bin/env python
"""Django's entry point."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    gc.disable()  # importing leaves no garbage, and looking for it took a fifth of every start; see config.apps
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)
