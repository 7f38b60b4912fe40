"""Texts that the team writes in several languages."""


def in_language(texts: dict[str, str], language: str | None, fallback: str = "") -> str:
    """The text in a language, else in the shop's, else in any; an empty string when there is none."""
    for wanted in ((language or "")[:2], fallback, "en"):
        if texts.get(wanted):
            return texts[wanted]
    return next((text for text in texts.values() if text), "")
