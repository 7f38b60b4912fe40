"""How a status is drawn, and the menu by which a row of the queue changes it."""

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk.models import Folder, Status, StatusLabel, Thread

LOOKS = {
    Status.OPEN.value: ("s-open", "st-open"),
    Status.PENDING_1.value: ("s-p1", "st-p1"),
    Status.PENDING_2.value: ("s-p2", "st-p2"),
    Status.CLOSED.value: ("s-closed", "st-closed"),
    Folder.SPAM.value: ("s-spam", "st-spam"),
    Folder.TRASH.value: ("trash", "st-closed"),
}
Labels = Mapping[str, StatusLabel]
Draw = Callable[[str], SafeString]


def words_for(key: str, labels: Labels) -> str:
    """What a status, or a folder beside the desk, is called here."""
    return labels[key].label if key in labels else str(Folder(key).label)


def mark(key: str, labels: Labels, draw: Draw, *, pill: bool = False) -> SafeString:
    """Shape, word and colour of a status; `draw` makes an icon from its name."""
    shape, tone = LOOKS[key]
    classes, label = f"st {tone} st--pill" if pill else f"st {tone}", words_for(key, labels)
    inside = format_html('{}<span class="trunc">{}</span>', draw(shape), label)
    return format_html('<span class="{}" title="{}">{}</span>', classes, label, inside)


class StatusMenus:
    """The status menus of a page's rows: made once for each status, then only the thread's number is put in.

    Their buttons submit the page's form with id `form`.
    """

    def __init__(self, labels: Labels, draw: Draw, *, form: str) -> None:
        self.labels, self.draw, self.form = labels, draw, form
        self.made: dict[str, tuple[SafeString, ...]] = {}

    def of(self, thread: Thread) -> SafeString:
        """The menu of a thread; a mark without menu for what lies in a folder beside the desk."""
        if thread.folder != Folder.DESK:
            return mark(thread.folder, self.labels, self.draw)
        if thread.status not in self.made:
            self.made[thread.status] = self._pieces(thread.status)
        return format_html_join(str(thread.pk), "{}", ((piece,) for piece in self.made[thread.status]))

    def _pieces(self, key: str) -> tuple[SafeString, ...]:
        """The menu of a status, cut where the thread's number goes."""
        label = _("Status of thread %(number)s: %(status)s") % {
            "number": "\0",
            "status": words_for(key, self.labels),
        }
        before, _cut, after = label.partition("\0")
        head = format_html('<details class="menu row__menu"><summary aria-label="{}', before)
        shown = format_html('{}">{}</summary><div class="menu__panel">', after, mark(key, self.labels, self.draw))
        first, last = reverse("helpdesk:status", args=[0]).split("0")
        pieces = [head]
        for other, row in self.labels.items():
            if other != key:
                opening = format_html(
                    '<button type="submit" class="menu__item" form="{}" formaction="{}', self.form, first
                )
                pieces.append(shown + opening)
                shown = self._button(other, row.label, last)
        return (*pieces, shown + format_html("</div></details>"))

    def _button(self, key: str, label: str, last: str) -> SafeString:
        shape, tone = LOOKS[key]
        inside = format_html('<span class="st {}">{}</span>{}', tone, self.draw(shape), label)
        return format_html('{}" name="status" value="{}">{}</button>', last, key, inside)
