"""Addresses of e-mail in one form. Pure."""

GOOGLE = {"gmail.com", "googlemail.com"}


def canonical(address: str) -> str:
    """One form for addresses that reach the same box: no +tag, no dots at Google."""
    local, at, domain = address.strip().lower().partition("@")
    if not at:
        return local
    local = local.split("+", 1)[0] or local
    if domain in GOOGLE:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"
