"""format=flowed (RFC 3676): lines that a mail program broke are put together again."""


def joined(text: str, *, is_delsp: bool = False) -> str:
    """Paragraphs on one line each; quotes keep their depth, the signature line stays alone."""
    out: list[str] = []
    open_depth = -1  # depth of the line that goes on, or -1
    for line in text.split("\n"):
        depth, words = _parted(line)
        goes_on = words.endswith(" ") and words != "-- "
        kept = words[:-1] if goes_on and is_delsp else words
        if open_depth == depth and words != "-- ":
            out[-1] += kept
        else:
            out.append(">" * depth + (" " if depth and kept else "") + kept)
        open_depth = depth if goes_on else -1
    return "\n".join(out)


def _parted(line: str) -> tuple[int, str]:
    words = line.lstrip(">")
    depth = len(line) - len(words)
    return depth, words.removeprefix(" ")
