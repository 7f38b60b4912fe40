"""Brings the catalogues of sentences up to date: `make messages`. One form, so that changes read well in a diff.

What is only alike is never proposed as a translation: a new sentence is empty until somebody translates it.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.core.management import execute_from_command_line

MADE = datetime(2026, 1, 1, tzinfo=UTC)  # a date that changed each time would be a conflict in each merge
ROOT = Path(__file__).resolve().parent.parent


def refresh(path: Path) -> int:
    """Gather the sentences of one language anew; how many are still to be translated."""
    execute_from_command_line(["manage.py", "makemessages", "-v", "0", "-l", path.parents[1].name])
    catalog = read_po(io.BytesIO(path.read_bytes()))
    catalog.creation_date = MADE
    for message in catalog:
        message.user_comments = [one for one in message.user_comments if not one.startswith("|")]
        if message.id and message.fuzzy:
            message.string = ("",) * catalog.num_plurals if message.pluralizable else ""
            message.flags.discard("fuzzy")
    with path.open("wb") as file:
        write_po(file, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    return len(untranslated(catalog))


def untranslated(catalog: Catalog) -> list[str]:
    """The sentences that a catalogue leaves empty."""
    said = ((one.id, one.string if isinstance(one.string, tuple | list) else (one.string,)) for one in catalog)
    return [str(words) for words, strings in said if words and not all(strings)]


def main() -> None:
    """Every language; says how much is left to translate."""
    for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
        print(f"{path.parents[1].name}: {refresh(path)} to translate")  # noqa: T201


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
