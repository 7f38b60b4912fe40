"""What happens once when a process starts."""

import gc

from django.apps import AppConfig

# Objects made before their cycles are looked for. With its 700, Python looks through all young ones for each page.
YOUNG, MIDDLE, OLD = 50_000, 20, 20


class Config(AppConfig):
    """The project itself."""

    name = "config"

    def ready(self) -> None:
        """What was imported stays: no collection looks through it again. manage.py turned collecting off until here."""
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, OLD)
        gc.enable()
