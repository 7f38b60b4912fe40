"""What may stand in a field of a record: names, phones and addresses that people type."""

import re
from collections.abc import Iterable

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _

# A web address in a name is how spam is sent through registration forms; "J.R.R." and "St.John" are names.
WEB_ADDRESS = re.compile(r"://|\bwww\.|[^\s.]\.[a-z]{2,}/", re.IGNORECASE)
check_email = EmailValidator()
check_url = URLValidator(schemes=["http", "https"])


def clean_name(text: str) -> str:
    """A name in any script, with one blank between words. Raises ValidationError for a web address."""
    name = " ".join(text.split())
    if WEB_ADDRESS.search(name):
        raise ValidationError(_("A name, not a web address."))
    return name


def clean_phone(text: str, country: str) -> str:
    """A number as E.164, such as +34600000123; an empty one stays empty.

    `country` (two letters) is where a number without country code belongs. Raises ValidationError, with an
    example of that country, for what nobody can call.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        raise ValidationError(_("This is no phone number. Example: %(example)s") % example(country)) from None
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    problems = {
        phonenumbers.ValidationResult.TOO_SHORT: _("Digits are missing. Example: %(example)s"),
        phonenumbers.ValidationResult.TOO_LONG: _("There are too many digits. Example: %(example)s"),
    }
    reason = phonenumbers.is_possible_number_with_reason(number)
    raise ValidationError(problems.get(reason, _("Nobody has such a number. Example: %(example)s")) % example(region))


def example(country: str) -> dict[str, str]:
    """A mobile number of a country, as people there write it."""
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    return {
        "example": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        if number
        else "+34 600 000 123"
    }


def clean_emails(addresses: Iterable[str]) -> list[str]:
    """Addresses in lower case, each once, in their order. Raises ValidationError that names a wrong one."""
    wanted = list(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
    for address in wanted:
        if address.count("@") > 1:
            raise ValidationError(_("One @ too many in %(address)s") % {"address": address})
        try:
            check_email(address)
        except ValidationError:
            raise ValidationError(_("%(address)s is no e-mail address.") % {"address": address}) from None
        if len(address) > 255:
            raise ValidationError(_("%(address)s… is too long for an e-mail address.") % {"address": address[:40]})
    return wanted


def clean_links(links: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names and web addresses; a link without a name is called by its address. Raises ValidationError."""
    kept = []
    for name, url in ((name.strip(), url.strip()) for name, url in links):
        if not url and not name:
            continue
        try:
            check_url(url)
        except ValidationError:
            raise ValidationError(_("“%(url)s” is no web address. Begin it with https://") % {"url": url}) from None
        kept.append(((name or url)[:120], url[:500]))
    return kept
