"""How a status is drawn, and how a row of the queue begins: with its box and the menu that changes the status."""

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.pieces import fill
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


def named(key: str, labels: Labels) -> str:
    """What a status, or a folder beside the desk, is called, with the team's own word."""
    return labels[key].full_name if key in labels else str(Folder(key).label)


def mark(key: str, labels: Labels, draw: Draw, *, pill: bool = False, alias: bool = False) -> SafeString:
    """Shape, word and colour of a status; `draw` makes an icon from its name. With `alias` the team's word too."""
    shape, tone = LOOKS[key]
    classes, row = f"st {tone} st--pill" if pill else f"st {tone}", labels.get(key)
    name = row.name if row else str(Folder(key).label)
    beside = fill(' <span class="sub">{}</span>', row.alias) if alias and row and row.alias else ""
    inside = fill('{}<span class="trunc">{}{}</span>', draw(shape), name, beside)
    return fill('<span class="{}" title="{}">{}</span>', classes, named(key, labels), inside)


class RowHeads:
    """Where the rows of a page begin: the box that chooses a thread, and its status with a menu to change it.

    Made once for each status, then only the thread's number is put in. The menu's buttons submit the page's form with
    id `form`, the boxes belong to the one with id `bulk`.
    """

    def __init__(self, labels: Labels, draw: Draw, *, form: str, bulk: str) -> None:
        self.labels, self.draw, self.form, self.bulk = labels, draw, form, bulk
        self.made: dict[str, tuple[SafeString, ...]] = {}

    def of(self, thread: Thread) -> SafeString:
        """The beginning of a thread's row; without menu for what lies in a folder beside the desk."""
        key = thread.status if thread.folder == Folder.DESK else thread.folder
        if key not in self.made:
            self.made[key] = self._pieces(key)
        return SafeString(str(thread.pk).join(self.made[key]))

    def _pieces(self, key: str) -> tuple[SafeString, ...]:
        """A row's beginning, cut where the thread's number goes."""
        before, after = _around_number(_("Select thread %(number)s") % {"number": "\0"})
        box = '<label class="cb-hit"><input type="checkbox" class="cb" form="{}" name="ids" value="'
        named = fill('"><span class="vh">{}', before)
        rest = fill('{}</span></label><span class="row__st">', after)
        if key not in self.labels:
            return fill(box, self.bulk), named, rest + mark(key, self.labels, self.draw) + fill("</span>")
        first, *others = self._menu(key)
        return fill(box, self.bulk), named, rest + first, *others

    def _menu(self, key: str) -> tuple[SafeString, ...]:
        """The menu of a status, cut in the same way."""
        label = _("Status of thread %(number)s: %(status)s") % {"number": "\0", "status": named(key, self.labels)}
        before, after = _around_number(label)
        pieces = [fill('<details class="menu row__menu"><summary aria-label="{}', before)]
        shown = fill('{}">{}</summary><div class="menu__panel">', after, mark(key, self.labels, self.draw))
        first, last = reverse("helpdesk:status", args=[0]).split("0")
        for other in self.labels:
            if other != key:
                opening = fill('<button type="submit" class="menu__item" form="{}" formaction="{}', self.form, first)
                pieces.append(shown + opening)
                shown = self._button(other, last)
        return (*pieces, shown + fill("</div></details></span>"))

    def _button(self, key: str, last: str) -> SafeString:
        shown = mark(key, self.labels, self.draw, alias=True)
        return fill('{}" name="status" value="{}">{}</button>', last, key, shown)


def _around_number(sentence: str) -> tuple[str, str]:
    """What stands before and behind the place of a thread's number."""
    before, _cut, after = sentence.partition("\0")
    return before, after
