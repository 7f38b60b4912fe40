"""What there is to play: who wrote about what, when, and how it went."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from django.utils import timezone

from config.practice.stories import LANGUAGES, Story, stories
from crm.models import Customer, Order
from helpdesk.models import Contact

THREADS = 206
WEEKS = 8
SOLVED_SOON = 12
# How a thread went, newest first, and how many of each; all the others are closed.
FATES = (("new", 26), ("again", 12), ("waiting", 22), ("warehouse", 10), ("third", 6), ("handed", 4), ("bounced", 1))
FORGOTTEN = {96: "new", 104: "again", 117: "warehouse", 131: "waiting", 145: "warehouse", 160: "waiting"}


@dataclass
class Case:
    """One thread to be played."""

    story: Story
    fate: str
    start: datetime
    contact: Contact
    name: str
    email: str
    customer: Customer | None
    order: Order | None

    @property
    def about(self) -> dict[str, str]:
        """The order that the letter names, and the product of it that is meant."""
        if self.order is None or "{order}" not in self.story.subject + self.story.text:
            return {}
        return {"order_reference": self.order.reference, "product_ref": self.order.lines.all()[0].product_ref}

    def words(self, text: str) -> str:
        """A text with its gaps filled."""
        order = self.order
        home = self.customer.addresses.all()[:1] if self.customer else ()
        return text.format(
            first=self.name.split()[0],
            order=order.reference if order else "MK-00000",
            product=order.lines.all()[0].name if order else "Taza Bruma 300 ml",
            tracking=(order.tracking_number if order else "") or "TS0000000000",
            city=home[0].city if home else "Girona",
        )


class Cases:
    """The shop's past, as many threads as a shop of its size has in eight weeks."""

    def __init__(
        self, dice: Random, contacts: dict[str, Contact], customers: list[Customer], orders: list[Order]
    ) -> None:
        self.dice, self.contacts, self.now = dice, contacts, timezone.now()
        self.customers = {
            language: cycle([one for one in customers[5:] if one.language == language]) for language in LANGUAGES
        }
        self.orders: dict[int, list[Order]] = {}
        for order in orders:
            self.orders.setdefault(order.customer_id or 0, []).append(order)

    def __iter__(self) -> Iterator[Case]:
        """All of them, the newest first."""
        fates = [fate for fate, count in FATES for _ in range(count)]
        for place in range(6, len(fates) + SOLVED_SOON, 7):  # some of the newest are solved already
            fates.insert(place, "closed")
        beginnings = {language: cycle(self._shuffled(stories(language))) for language in LANGUAGES}
        mix = cycle("es es es en es es en fr es es en de".split())
        for n in range(THREADS):
            fate = fates[n] if n < len(fates) else FORGOTTEN.get(n, "closed")
            yield self._case(next(beginnings[next(mix)]), fate, self._start(n))

    def _shuffled(self, found: list[Story]) -> list[Story]:
        self.dice.shuffle(found)
        return found

    def _start(self, n: int) -> datetime:
        """The first ones began in the last days, the others over the weeks, at hours when people write."""
        if n < 30:
            return self.now - timedelta(hours=0.3 + n * 1.4, minutes=self.dice.randrange(40))
        days = 2 + (n - 30) / (THREADS - 30) * (WEEKS * 7 - 4)
        return (self.now - timedelta(days=days)).replace(
            hour=self.dice.choice((7, 8, 9, 9, 10, 11, 12, 15, 16, 18, 19, 20)), minute=self.dice.randrange(60)
        )

    def _case(self, story: Story, fate: str, start: datetime) -> Case:
        customer = next(self.customers[story.language])
        bought = [one for one in self.orders.get(customer.pk, ()) if one.placed_at < start]
        order = self.dice.choice(bought) if bought else None
        contact = self.contacts[story.contact]
        if self.dice.random() < 0.15 and "{order}" not in story.subject + story.text:  # somebody the shop does not know
            name = f"{customer.first_name} {'ABCDEGLMPRST'[customer.pk % 12]}."
            return Case(story, fate, start, contact, name, f"nuevo.{customer.email}", None, None)
        return Case(story, fate, start, contact, customer.name, customer.email, customer, order)
