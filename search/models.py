"""Rows of words: one for each thing that can be found."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self

from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from search.engine import Hits, Table, having, ids, listed, newest
from search.query import Query

BATCH = 500
MANY = 10_000  # more ids than that are not carried from one query to the next
MERGED_AT_ONCE = 500  # pages of an index


class SameId(models.OneToOneField):
    """The id of what is found. On SQLite its exact type matters: it makes the id the row's place in the file."""

    def __init__(self, to: Any, on_delete: Any = models.CASCADE, **options: Any) -> None:
        options.setdefault("related_name", "words")
        super().__init__(to, on_delete, **{**options, "primary_key": True})

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """As every foreign key, but "integer" on SQLite."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class Words(models.Model):
    """The words of one thing. Its table has an index (search.schema.index_words) that the database keeps itself.

    A kind of thing subclasses this with its SameId as `subject`, what its rows belong to as `group`, and `described`.
    """

    words = models.TextField()
    subject: ClassVar[str]
    group: ClassVar[str] = ""

    class Meta:
        abstract = True

    @classmethod
    def described(cls, ids: Iterable[int]) -> Iterator[Self]:
        """Rows, not saved, for those of these things that can be found."""
        raise NotImplementedError

    @classmethod
    def table(cls) -> Table:
        """Where the engine finds the words."""
        group: Any = cls._meta.get_field(cls.group) if cls.group else cls._meta.pk
        return Table(cls._meta.db_table, str(cls._meta.pk.column), group.column)

    @classmethod
    def find(cls, query: Query, *, enough: int = 50, most: int = 2_000) -> Hits:
        """Things that fit, the newest first; as search.engine.newest()."""
        return newest(cls.table(), query, enough=enough, most=most)

    @classmethod
    def having(cls, query: Query) -> Q:
        """A condition on these things themselves: that they fit.

        A list asks for its rows and for their number: what fits is looked for once, unless it is very much.
        """
        if not query:
            return Q(pk__in=())
        found = ids(cls.table(), query, most=MANY + 1)
        many = len(found) > MANY
        return Q(pk__in=RawSQL(*having(cls.table(), query) if many else listed(found)))  # noqa: S611 - our own SQL

    @classmethod
    def write(cls, ids: Iterable[int]) -> int:
        """Describe these things anew, some hundreds at a time; call it in the transaction that changed them.

        Returns how many can be found. What can no longer be found loses its row.
        """
        wanted, count = sorted(set(ids)), 0
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            count += cls._write(batch)
        return count

    @classmethod
    def _write(cls, ids: list[int]) -> int:
        with transaction.atomic(savepoint=False):
            rows, before = list(cls.described(ids)), cls._default_manager.in_bulk(ids)
            if gone := before.keys() - {row.pk for row in rows}:
                cls._default_manager.filter(pk__in=gone).delete()
            others = [row for row in rows if not row.is_same(before.get(row.pk))]
            cls.put(others)
            if changed := [row.pk for row in others if row.pk in before]:
                cls.tell_of(changed)
        return len(rows)

    @classmethod
    def tell_of(cls, ids: list[int]) -> None:
        """These are found by other words than before: a kind whose words others repeat tells them."""

    def is_same(self, other: Self | None) -> bool:
        """Whether the other, saved row says the same."""
        names = [field.attname for field in self._meta.concrete_fields]
        return other is not None and all(getattr(self, name) == getattr(other, name) for name in names)

    @classmethod
    def put(cls, rows: list[Self]) -> None:
        """Save rows, over what there was."""
        changing = [field.name for field in cls._meta.concrete_fields if not field.primary_key]
        cls._default_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=[cls.subject], update_fields=changing
        )

    @classmethod
    def subjects(cls) -> models.QuerySet[Any]:
        """All there is of what can be found."""
        return cls._meta.get_field(cls.subject).related_model._default_manager.all()  # type: ignore[union-attr]

    @classmethod
    def findable(cls) -> models.QuerySet[Any]:
        """Those that should have a row."""
        return cls.subjects()

    @classmethod
    def broken(cls) -> bool:
        """Whether the index does not hold exactly the words of the rows. PostgreSQL's cannot differ."""
        if connection.vendor != "sqlite":
            return False
        index = cls.table().index
        with connection.cursor() as cursor:
            try:
                cursor.execute(f"""INSERT INTO "{index}"("{index}", rank) VALUES ('integrity-check', 1)""")  # noqa: S608
            except Exception as error:
                if "malformed" not in str(error):
                    raise
                return True
        return False

    @classmethod
    def forget(cls) -> None:
        """Drop what deleted words left in the index: FTS5 keeps them, marked, until its parts are next merged.

        Step by step, so that others may write meanwhile; a second for each hundred thousand rows.
        """
        if connection.vendor != "sqlite":
            return
        index, pages = cls.table().index, -MERGED_AT_ONCE
        with connection.cursor() as cursor:
            done = connection.connection.total_changes - 2
            while connection.connection.total_changes - done > 1:
                done = connection.connection.total_changes
                cursor.execute(f"""INSERT INTO "{index}"("{index}", rank) VALUES ('merge', {pages})""")  # noqa: S608
                pages = MERGED_AT_ONCE


class Forgetting(models.Model):
    """Somebody's words were deleted, and the indexes still hold them."""

    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("words to be forgotten")

    def __str__(self) -> str:
        return f"{self.asked_at:%F %T}"


class Rebuilding(models.Model):
    """How far a rebuilding came that was interrupted."""

    table = models.CharField(max_length=100, primary_key=True)
    last_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("rebuilding of the search")

    def __str__(self) -> str:
        return f"{self.table} {self.last_id}"
