"""Photos of broken ceramics, drawn on the spot."""

from io import BytesIO

from PIL import Image, ImageDraw

GLAZES = ("#6b8fa3", "#c9a27c", "#7d9471", "#b5695a", "#d8cfc0", "#4f5d75")


def draw(n: int) -> bytes:
    """A broken bowl on a table as PNG; the number picks the glaze and where the crack runs."""
    picture = Image.new("RGB", (480, 360), "#efe9df")
    pen = ImageDraw.Draw(picture)
    glaze, x = GLAZES[n % len(GLAZES)], 170 + n * 37 % 150
    pen.rectangle((0, 230, 480, 360), fill="#c8b08c")
    pen.ellipse((110, 245, 380, 300), fill="#a98f6a")
    pen.pieslice((90, 60, 390, 300), 0, 180, fill=glaze)
    pen.ellipse((90, 150, 390, 210), fill="#f7f3ec", outline=glaze, width=7)
    pen.line([(x, 150), (x + 18, 195), (x - 8, 230), (x + 24, 296)], fill="#2b2520", width=4)
    pen.polygon([(x, 290), (x + 50, 330), (x - 40, 338)], fill=glaze)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
