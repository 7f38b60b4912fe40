"""Many objects of one kind from one shop, written in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import indexing
from crm.models import FromShop, Shop

Row = TypeVar("Row", bound=FromShop)
Said = Mapping[str, Any]
AT_ONCE = 500  # rows of one INSERT


class What(StrEnum):
    """What became of an object."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Told:
    """The answer for one object: what became of it, as which row, or what is wrong with it by field."""

    shop_id: str
    what: What
    pk: int | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)


class Refusal(Exception):
    """This object cannot be taken: why, at which field."""

    def __init__(self, field_name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field_name = field_name


class Batch(Generic[Row]):
    """The objects of one call. A noun says which columns it fills and what else hangs from its rows.

    First `refer` asks for all that the objects name. Then each is compared with its row: `values` with the
    columns, `differs` with what hangs from it. Then the rows are written at once, and `finish` writes the rest.
    """

    model: ClassVar[type[models.Model]]
    columns: ClassVar[frozenset[str]]

    def __init__(self, shop: Shop, said: Sequence[Said]) -> None:
        self.shop, self.said, self.now = shop, said, timezone.now()
        self.rows: dict[str, Row] = {}
        self.new: list[Row] = []
        self.changed: list[Row] = []
        self.versions: list[Row] = []  # those among them whose history gets longer
        self.taken: list[tuple[Row, Said]] = []
        self.fields: set[str] = set()

    # What a noun says of itself

    def known(self) -> models.QuerySet:
        """The rows of these objects."""
        ids = {str(one["id"]) for one in self.said}
        return self.model._default_manager.filter(source=self.shop, shop_id__in=ids)

    def refer(self) -> None:
        """Ask once for everything that the objects name."""

    def values(self, said: Said) -> dict[str, Any]:
        """What an object says of its columns. Raises Refusal."""
        return {name: value for name, value in said.items() if name in self.columns}

    def accept(self, row: Row, said: Said) -> None:
        """Raises Refusal where a shop may not change this row."""

    def differs(self, row: Row, said: Said) -> bool:
        """Whether what hangs from a known row is another than what is said."""
        return False

    def touch(self, row: Row, said: Said, names: set[str]) -> set[str]:
        """Set what changes along with the columns `names`; returns the columns that it set. Also for new rows."""
        return set()

    def finish(self) -> None:
        """Write what hangs from the rows in `taken`, and tell whom it concerns."""

    # How it is done

    def write(self) -> list[Told]:
        """One answer for each object, in their order."""
        with transaction.atomic():
            self.rows = {row.shop_id: row for row in self.known().select_for_update()}
            self.refer()
            answers = self._take_all()
            self._save()
            self.finish()
            indexing.written(self.model, [*self.new, *self.changed])
        for answer in answers:
            answer.pk = None if answer.what == What.REFUSED else self.rows[answer.shop_id].pk
        return answers

    def _take_all(self) -> list[Told]:
        seen: set[str] = set()
        answers = []
        for said in self.said:
            shop_id = str(said["id"])
            try:
                if shop_id in seen:
                    raise Refusal("id", _("This id comes twice in one call."))
                seen.add(shop_id)
                answers.append(Told(shop_id, self._take(shop_id, said)))
            except Refusal as refusal:
                answers.append(Told(shop_id, What.REFUSED, errors={refusal.field_name: [str(refusal)]}))
        return answers

    def _take(self, shop_id: str, said: Said) -> What:
        values, row = self.values(said), self.rows.get(shop_id)
        if row is None:
            return self._begin(shop_id, said, values)
        self.accept(row, said)
        if getattr(row, "gone_at", None):  # the shop has it again
            values["gone_at"] = None
        names = {name for name, value in values.items() if getattr(row, name) != value}
        is_other = self.differs(row, said) or bool(names)
        for name in names:
            setattr(row, name, values[name])
        names |= self.touch(row, said, names) if is_other else set()
        self.taken.append((row, said))
        if is_other:
            self._note(row, names)
        return What.CHANGED if is_other else What.UNCHANGED

    def _note(self, row: Row, names: set[str]) -> None:
        self.changed.append(row)
        self.fields |= names
        history = getattr(self.model, "history", None)
        if history and any(names & {one.name, one.attname} for one in history.model.tracked_fields):
            self.versions.append(row)

    def _begin(self, shop_id: str, said: Said, values: dict[str, Any]) -> What:
        row = cast(Row, self.model(source=self.shop, shop_id=shop_id, **values))
        self.touch(row, said, set(values))
        self.rows[shop_id] = row
        self.new.append(row)
        self.taken.append((row, said))
        return What.CREATED

    def _save(self) -> None:
        """Both at once; a known row is an INSERT that meets itself, which is faster than a CASE for each column."""
        rows = self.model._default_manager
        rows.bulk_create(self.new, batch_size=AT_ONCE)
        if self.changed:
            stamp = {"updated_at"} if hasattr(self.model, "updated_at") else set()
            rows.bulk_create(
                self.changed,
                batch_size=AT_ONCE,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=sorted(self.fields | stamp) or ["shop_id"],
            )
        self._remember()

    def _remember(self) -> None:
        """The versions of simple-history, which say that it was the shop."""
        history = getattr(self.model, "history", None)
        if history is not None:
            words = {"batch_size": AT_ONCE, "default_change_reason": self.shop.name[:100], "default_date": self.now}
            history.bulk_history_create(self.new, **words)
            history.bulk_history_create(self.versions, update=True, **words)


def twice(batch: type[Batch[Row]], shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write a batch; once more if another call made one of the rows at the same moment."""
    try:
        with transaction.atomic():
            return batch(shop, said).write()
    except IntegrityError:
        return batch(shop, said).write()


def the_one(model: type[models.Model], shop: Shop, shop_id: str) -> Any:
    """A shop's row by the shop's id, locked. Raises LookupError."""
    row = model._default_manager.select_for_update().filter(source=shop, shop_id=shop_id).first()
    if row is None:
        raise LookupError(shop_id)
    return row
