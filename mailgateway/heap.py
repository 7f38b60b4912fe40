"""What a process has loaded stays until it ends, so Python need not look through it again and again.

It looks for objects that only hold each other, and so hold up memory. Two hundred thousand of ours and of Django's were
looked at each time, in vain: every twentieth page or so was answered 0.15 s later than the others.
"""

import gc
from importlib import import_module

from django.conf import settings

YOUNG = 5_000  # new objects after which it looks through them: about as many as two pages leave


def settle() -> None:
    """Call it when all is set up, before the first page and the first mail."""
    import_module(settings.ROOT_URLCONF)  # with all views: else the first page loads them
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
