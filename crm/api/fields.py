"""Fields of what strangers send: each value is fit for its column, or refused with a sentence."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import list_currencies
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

SHOP_ID = r"[A-Za-z0-9._:~@=+-]{1,64}"
CURRENCIES = frozenset(list_currencies())
COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
CENT = Decimal("0.01")
MOST_MONEY = Decimal("9999999999.99")
BIRTH = date(1900, 1, 1)
MOST_WHOLE = 2_147_483_647
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NUMBER_LENGTH = 40


class Id(serializers.RegexField):
    """An id of the shop: letters, digits and a few signs; numbers are taken as well."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"invalid": _("An id has up to 64 letters, digits or . _ : ~ @ = + -")})
        super().__init__(rf"\A{SHOP_ID}\Z", **options)


class OtherId(Id):
    """The id of another object of the shop; null or an empty string for none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, **options)


class Text(serializers.CharField):
    """Words up to a length; null is taken as no words."""

    def __init__(self, max_length: int, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(max_length=max_length, allow_blank=True, allow_null=True, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Null becomes an empty string."""
        return super().run_validation("" if data is None else data)


class Number(serializers.DecimalField):
    """A decimal number from `low` to `high`; more decimals than its column has are rounded."""

    def __init__(self, low: Decimal, high: Decimal, *, places: int = 2, **options: Any) -> None:
        self.low, self.high, self.unit = low, high, Decimal(1).scaleb(-places)
        options.setdefault("required", False)
        super().__init__(max_digits=None, decimal_places=places, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        """A rounded Decimal."""
        if isinstance(data, bool) or not isinstance(data, str | int | float) or len(str(data)) > NUMBER_LENGTH:
            self.fail("invalid")
        try:
            value = Decimal(str(data).strip())
        except InvalidOperation:
            self.fail("invalid")
        if not value.is_finite():
            self.fail("invalid")
        if not self.low <= value <= self.high:
            words = {"low": self.low, "high": self.high}
            raise serializers.ValidationError(gettext("A number from %(low)s to %(high)s.") % words)
        return value.quantize(self.unit, ROUND_HALF_UP)


class Money(Number):
    """An amount in cents."""

    def __init__(self, **options: Any) -> None:
        super().__init__(-MOST_MONEY, MOST_MONEY, **options)


class Percent(Number):
    """From 0 to 100."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Decimal(0), Decimal(100), **options)


class Whole(serializers.IntegerField):
    """A whole number that fits every database; no true or false."""

    def __init__(self, low: int = 0, high: int = MOST_WHOLE, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(min_value=low, max_value=high, **options)

    def to_internal_value(self, data: Any) -> int:
        """Digits or a number."""
        if isinstance(data, bool) or len(str(data)) > NUMBER_LENGTH:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Yes(serializers.BooleanField):
    """True or false; 1 and 0 are taken as well."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)


class Moment(serializers.DateTimeField):
    """A moment in ISO 8601; one without an offset is the shop's own wall clock. No later than tomorrow, unless
    `future` is allowed."""

    def __init__(self, *, future: bool = False, **options: Any) -> None:
        self.future = future
        options.setdefault("required", False)
        super().__init__(**options)

    def enforce_timezone(self, value: datetime) -> datetime:
        """Aware, and within the centuries of a shop."""
        if timezone.is_naive(value):
            value = value.replace(tzinfo=self._shop_zone())
        latest = LATEST if self.future else timezone.now() + timedelta(days=1)
        try:
            moment = value.astimezone(UTC)
        except (OverflowError, ValueError):
            self.fail("overflow")
        if not EARLIEST <= moment <= latest:
            words = {"first": EARLIEST.date().isoformat(), "last": latest.date().isoformat()}
            raise serializers.ValidationError(gettext("A moment from %(first)s to %(last)s.") % words)
        return moment

    def _shop_zone(self) -> Any:
        shop = self.context.get("shop")
        return ZoneInfo(shop.time_zone) if shop else UTC


class Day(serializers.DateField):
    """A day from `first` to `last`; without `last` it is today."""

    def __init__(self, first: date, last: date | None = None, **options: Any) -> None:
        self.first, self.last = first, last
        super().__init__(required=False, allow_null=True, **options)

    def to_internal_value(self, value: Any) -> date:
        """A date in between."""
        day: date = super().to_internal_value(value)
        last = self.last or timezone.localdate()
        if not self.first <= day <= last:
            words = {"first": self.first.isoformat(), "last": last.isoformat()}
            raise serializers.ValidationError(gettext("A day from %(first)s to %(last)s.") % words)
        return day


class WebAddress(Text):
    """An address that begins with http:// or https://, or nothing."""

    check = URLValidator(["http", "https"], message=_("An address begins with https:// or http://."))

    def to_internal_value(self, data: Any) -> str:
        """Anything else, such as javascript:, is refused."""
        address = str(super().to_internal_value(data))
        if address:
            self.check(address)
        return address


class Coded(Text):
    """A short code out of a list or of a form."""

    sentence = _("Not a code that is known here.")

    def to_internal_value(self, data: Any) -> str:
        """In the form that the column has."""
        code = self.normal(str(super().to_internal_value(data)))
        if code and not self.knows(code):
            raise serializers.ValidationError(self.sentence)
        return code

    def normal(self, code: str) -> str:
        """Upper case."""
        return code.upper()

    def knows(self, code: str) -> bool:
        """Whether there is such a code."""
        raise NotImplementedError


class Currency(Coded):
    """Three letters of ISO 4217."""

    sentence = _("Not a currency of ISO 4217, such as EUR.")

    def __init__(self, **options: Any) -> None:
        super().__init__(3, **options)

    def knows(self, code: str) -> bool:
        """Also those that are no longer in use."""
        return code in CURRENCIES


class Country(Coded):
    """Two letters of ISO 3166."""

    sentence = _("Not a country of ISO 3166, such as ES.")

    def __init__(self, **options: Any) -> None:
        super().__init__(2, **options)

    def knows(self, code: str) -> bool:
        """Any territory that has two letters."""
        return code in COUNTRIES


class Language(Coded):
    """Two letters, as in es, perhaps with a region, as in es-MX."""

    sentence = _("Not a language such as es or es-MX.")

    def __init__(self, **options: Any) -> None:
        super().__init__(8, **options)

    def normal(self, code: str) -> str:
        """The language in lower case."""
        language, dash, region = code.replace("_", "-").partition("-")
        return language.lower() + dash + region

    def knows(self, code: str) -> bool:
        """By its form."""
        return LANGUAGE.fullmatch(code) is not None


class Color(Coded):
    """As in #25b9d7."""

    sentence = _("Not a colour such as #25b9d7.")

    def __init__(self, **options: Any) -> None:
        super().__init__(7, **options)

    def normal(self, code: str) -> str:
        """As it came."""
        return code

    def knows(self, code: str) -> bool:
        """By its form."""
        return COLOR.fullmatch(code) is not None


class Codes(serializers.ListField):
    """Codes of vouchers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=64), max_length=50, required=False, **options)


class Ids(serializers.ListField):
    """Ids of other objects."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=Id(), max_length=100, required=False, **options)
