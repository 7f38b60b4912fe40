"""Which threads a list shows: filters and orders that the address may name, and no others."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.typed import number
from helpdesk import finding
from helpdesk.filters import OVERDUE, TODAY, due_condition
from helpdesk.models import DeskSettings, Event, Folder, Priority, Status, Thread, ThreadQuerySet

ORDERS = {name: name for name in ("active_at", "created_at", "waiting_since", "due_at", "id")}
PAGING = {"limit", "offset", "format"}


class Orders(filters.OrderingFilter):
    """Orders by allowed columns only, with the id behind, so that pages neither repeat nor miss a row."""

    def filter(self, qs: ThreadQuerySet, value: list[str] | None) -> ThreadQuerySet:
        """Newest word first unless asked otherwise."""
        chosen = [self.get_ordering_value(one) for one in value or ["-active_at"] if one]
        return qs.order_by(*chosen, "-id")


class ThreadFilter(filters.FilterSet):
    """Filters of /api/threads/. All that are given hold together; an unknown one is refused, not ignored."""

    status = filters.MultipleChoiceFilter(choices=Status.choices, help_text="May be given several times.")
    folder = filters.ChoiceFilter(choices=Folder.choices, help_text="Without it: the desk.")
    contact = filters.CharFilter(field_name="contact__slug", help_text="The contact's short name.")
    assignee = filters.CharFilter(method="by_assignee", help_text="An agent's id, or `me`.")
    unassigned = filters.BooleanFilter(field_name="assignee", lookup_expr="isnull")
    tag = filters.CharFilter(field_name="tags__name", lookup_expr="iexact")
    order = filters.CharFilter(field_name="order__reference", lookup_expr="iexact", help_text="Its reference.")
    customer = filters.NumberFilter(field_name="customer_id")
    email = filters.CharFilter(lookup_expr="iexact")
    needs_answer = filters.BooleanFilter()
    thanked = filters.BooleanFilter(field_name="thanked_at", lookup_expr="isnull", exclude=True)
    priority = filters.MultipleChoiceFilter(choices=Priority.choices, help_text="May be given several times.")
    due = filters.ChoiceFilter(
        choices=[(OVERDUE, OVERDUE), (TODAY, TODAY)], method="by_due", help_text="Today: still to be done."
    )
    q = filters.CharFilter(method="by_words", help_text="Words in subject, sender or messages; `#12` is a number.")
    updated_since = filters.IsoDateTimeFilter(method="by_change", help_text="Something happened at or after this.")
    ordering = Orders(fields=ORDERS)

    class Meta:
        model = Thread
        fields: list[str] = []

    def filter_queryset(self, queryset: ThreadQuerySet) -> ThreadQuerySet:
        """Refuse names nobody knows: a mistyped filter would show too much."""
        if unknown := set(self.data) - set(self.filters) - PAGING:
            raise ValidationError({name: [_("There is no filter of this name.")] for name in sorted(unknown)})
        if not self.form.cleaned_data.get("folder"):
            queryset = queryset.on_desk()
        return super().filter_queryset(queryset)

    def by_assignee(self, threads: ThreadQuerySet, _name: str, value: str) -> ThreadQuerySet:
        """One agent's threads."""
        if value == "me":
            return threads.filter(assignee=self.request.user.pk)
        if not number(value):
            raise ValidationError({"assignee": [_("Give an agent's id, or “me”.")]})
        return threads.filter(assignee=number(value))

    def by_due(self, threads: ThreadQuerySet, _name: str, value: str) -> ThreadQuerySet:
        """As the queue's filter."""
        return threads.filter(due_condition(value, DeskSettings.load().time_zone))

    def by_words(self, threads: ThreadQuerySet, _name: str, value: str) -> ThreadQuerySet:
        """Threads in which all the words stand, as the search finds them, or the one with this number."""
        if value.startswith("#") and (pk := number(value[1:])):
            return threads.filter(pk=pk)
        found = finding.threads(self.request.user, value, most=finding.MOST_OF_QUEUE)
        return threads.filter(pk__in=found.ids)

    def by_change(self, threads: ThreadQuerySet, _name: str, value: Any) -> ThreadQuerySet:
        """Every change is an event; what somebody only read is none."""
        return threads.filter(Exists(Event.objects.filter(thread=OuterRef("pk"), at__gte=value)))
