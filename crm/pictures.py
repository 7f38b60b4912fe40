"""Small pictures that the team uploads: drawn anew as PNG, never kept as they came."""

import warnings
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 1024 * 1024
MOST_PIXELS = 16_000_000
LARGEST_SIDE = 256


class NoPictureError(Exception):
    """The file is no picture that we draw; `reason` is "large", "format", "size" or "broken"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def png_of(file: BinaryIO, *, width: int, height: int) -> bytes:
    """The picture as a PNG of this size, with nothing in it but pixels; with 0 a side follows the other, or stays.

    Its proportions are kept: what is left stays see-through. Raises NoPictureError.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NoPictureError("large")
    picture = _opened(content)
    drawn = _sized(picture, width, height)
    out = BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()


def _opened(content: bytes) -> Image.Image:
    """The first frame in red, green, blue and alpha; its size is looked at before a pixel is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPictureError("size")
            return ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise NoPictureError("size") from error
    except UnidentifiedImageError as error:
        raise NoPictureError("format") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise NoPictureError("broken") from error


def _sized(picture: Image.Image, width: int, height: int) -> Image.Image:
    if width and not height:
        height = max(1, round(picture.height * width / picture.width))
    if height and not width:
        width = max(1, round(picture.width * height / picture.height))
    box = (min(width or picture.width, LARGEST_SIDE), min(height or picture.height, LARGEST_SIDE))
    if box == picture.size:
        return _plain(picture)
    return _plain(ImageOps.pad(picture, box, Image.Resampling.LANCZOS, color=(0, 0, 0, 0)))


def _plain(picture: Image.Image) -> Image.Image:
    """The pixels alone: no comment, no profile, no camera data."""
    plain = Image.new("RGBA", picture.size)
    plain.paste(picture)
    return plain
