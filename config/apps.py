"""What happens once when a process starts."""

import gc

from django.apps import AppConfig

# Objects made before their cycles are looked for. With its 700, Python looks through all young ones for each page; with
# ten times as many as a page leaves, each look takes 10 ms. With 50,000 it took 40, and it is one page that waits.
YOUNG, MIDDLE, OLD = 20_000, 20, 20


class Config(AppConfig):
    """The project itself."""

    name = "config"

    def ready(self) -> None:
        """What was imported stays: no collection looks through it again. manage.py turned collecting off until here."""
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, OLD)
        gc.enable()
