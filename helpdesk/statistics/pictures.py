"""Charts of the weekly mail as pictures: shapes and digits only, for the words beside them are the mail's own.

The font that comes with Pillow draws digits everywhere, accents nowhere.
"""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from helpdesk.mail import MailFile
from helpdesk.statistics.charts import Bars

SCALE = 2  # drawn twice as large as shown, for sharp screens
WIDTH, HEIGHT = 536, 190  # as the mail shows it
PAPER, INK, GREY, LINE = "#ffffff", "#1c1e22", "#63666e", "#e4e1da"
COLOURS = ("#2a50bd", "#0e6a3a", "#d08b1d")  # new, answers, closings
PALE = "#97b0ee"
FOOT, HEAD, LEFT = 164, 22, 30


@dataclass(frozen=True)
class Picture:
    """One chart, and what it says to those who do not see it."""

    name: str
    content: bytes
    alt: str

    @property
    def cid(self) -> str:
        """How the mail's page calls it."""
        return f"{self.name}@mostrador"

    def as_file(self) -> MailFile:
        """As a part of the mail."""
        return MailFile(f"{self.name}.png", "image/png", self.content, content_id=self.cid, inline=True)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size * SCALE)


class Canvas:
    """White paper of the mail's width, measured as it is shown."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def bar(self, x: float, top: float, width: float, colour: str) -> None:
        """From the foot up to `top`; of nothing a thin line."""
        box = (x * SCALE, min(top, FOOT - 1) * SCALE, (x + width) * SCALE, FOOT * SCALE)
        self.pen.rectangle(box, fill=colour)

    def line(self, y: float) -> None:
        """Across."""
        self.pen.line((LEFT * SCALE, y * SCALE, WIDTH * SCALE, y * SCALE), fill=LINE, width=SCALE)

    def digits(
        self, x: float, y: float, number: int | str, *, size: int = 11, colour: str = INK, at: str = "ms"
    ) -> None:
        """A number; `at` is the anchor as Pillow names it."""
        self.pen.text((x * SCALE, y * SCALE), str(number), fill=colour, font=_font(size), anchor=at)

    def png(self) -> bytes:
        """The file: few colours, few bytes."""
        out = BytesIO()
        self.image.quantize(32).save(out, "PNG", optimize=True)
        return out.getvalue()


def _axis(canvas: Canvas, top: int) -> float:
    """Three lines with their numbers; returns how high one thing is."""
    scale = (FOOT - HEAD) / top
    for part in (0, top // 2, top):
        canvas.line(FOOT - part * scale)
        canvas.digits(LEFT - 6, FOOT - part * scale, part, size=10, colour=GREY, at="rm")
    return scale


def by_day(bars: Bars, days: list[str]) -> bytes:
    """New threads, answers and closings; below each group its day as a number."""
    canvas = Canvas()
    scale = _axis(canvas, bars.ticks[-1].label)
    step = (WIDTH - LEFT) / len(bars.groups)
    width = min(18.0, step / 4)
    for n, (group, day) in enumerate(zip(bars.groups, days, strict=True)):
        middle = LEFT + step * (n + 0.5)
        for place, value in enumerate(group.values):
            x = middle + (place - 1.5) * (width + 2)
            canvas.bar(x, FOOT - value * scale, width, COLOURS[place])
            canvas.digits(x + width / 2, FOOT - value * scale - 4, value, size=10)
        canvas.digits(middle, HEIGHT - 8, day, colour=GREY)
    return canvas.png()


def by_week(weeks: list[tuple[int, int, int]]) -> bytes:
    """The backlog at the end of some weeks; below each its number."""
    canvas = Canvas()
    most = max([n for _week, n, _share in weeks] + [1])
    canvas.line(FOOT)
    step = (WIDTH - LEFT) / len(weeks)
    for place, (week, number, _share) in enumerate(weeks):
        middle, top = LEFT + step * (place + 0.5), FOOT - (FOOT - HEAD) * number / most
        canvas.bar(middle - 30, top, 60, COLOURS[0] if place == len(weeks) - 1 else PALE)
        canvas.digits(middle, top - 5, number, size=13)
        canvas.digits(middle, HEIGHT - 8, week, colour=GREY)
    return canvas.png()
