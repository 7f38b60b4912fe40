"""How a reply begins: by title and name in the customer's language, and never by nothing."""

from django.conf import settings
from django.utils.translation import get_language_info

from crm.models import Customer, RecordSettings, SocialTitle, TitleUse

EXAMPLE = ("Alex", "Krüger")

# With a name, and without one.
GREETINGS = {
    "ca": ("Hola {name}", "Hola"),
    "de": ("Hallo {name}", "Guten Tag"),
    "en": ("Hello {name}", "Hello"),
    "es": ("Hola {name}", "Hola"),
    "fr": ("Bonjour {name}", "Bonjour"),
    "it": ("Buongiorno {name}", "Buongiorno"),
    "nl": ("Hallo {name}", "Hallo"),
    "pt": ("Olá {name}", "Olá"),
}
NO_NAMES = {"unknown", "anonymous", "guest", "desconocido", "desconocida", "anónimo", "invitado", "n/a", "none", "null"}


def salutation(customer: Customer | None, *, name: str, language: str) -> str:
    """The first words of a reply.

    The customer's title says them, where titles are used; without one the first name, and without a name the
    greeting alone. `name` is what a message was signed with, for somebody who is not on file.
    """
    language = language[:2] if language[:2] in GREETINGS else "en"
    if customer is not None and customer.title is not None and RecordSettings.load().title_use != TitleUse.OFF:
        names = {"first_name": plausible(customer.first_name), "last_name": plausible(customer.last_name)}
        if said := customer.title.salutation(language, **names):
            return said
    first = plausible(customer.first_name if customer else "") or plausible(name.split(" ")[0])
    with_name, alone = GREETINGS[language]
    return with_name.replace("{name}", first) if first else alone


def plausible(name: str) -> str:
    """A name that somebody can be greeted by; nothing for an address, a dash, or what forms put in its place."""
    name = " ".join(name.split())
    is_name = any(sign.isalpha() for sign in name) and "@" not in name and name.lower() not in NO_NAMES
    return name if is_name else ""


def examples_of(title: SocialTitle) -> list[tuple[str, str]]:
    """How somebody with this title is greeted: the language in its own words, and the greeting."""
    found = []
    for code, _language in settings.CUSTOMER_LANGUAGES:
        said = title.salutation(code, first_name=EXAMPLE[0], last_name=EXAMPLE[1])
        words = said or GREETINGS[code][0].replace("{name}", EXAMPLE[0])
        found.append((get_language_info(code)["name_local"].capitalize(), words))
    return found
