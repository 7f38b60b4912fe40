"""Signatures and encryption, as a mail's form shows them: S/MIME (RFC 8551), OpenPGP (RFC 3156, RFC 9580).

Nothing is checked and nothing is opened here: the page says so, and the parts are there to download.
"""

from mailgateway.structure import Part

PROTOCOLS = {
    "application/pkcs7-signature": "smime-signed",
    "application/x-pkcs7-signature": "smime-signed",
    "application/pgp-signature": "pgp-signed",
    "application/pgp-encrypted": "pgp-encrypted",
}
WRAPPED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
ARMOUR = (("-----BEGIN PGP MESSAGE-----", "pgp-encrypted"), ("-----BEGIN PGP SIGNED MESSAGE-----", "pgp-signed"))
LEVELS = 2  # a list may put its own wrapping around a signed mail


def read(root: Part, text: str) -> str:
    """Which seal a mail has; empty for none."""
    level = [root]
    for _ in range(LEVELS):
        for part in level:
            if seal := _of(part):
                return seal
        level = [one for part in level for one in part.branches]
    beginning = text[:4000].lstrip()
    return next((seal for mark, seal in ARMOUR if beginning.startswith(mark)), "")


def _of(part: Part) -> str:
    kind, said = part.typed
    if kind in {"multipart/signed", "multipart/encrypted"}:
        known = PROTOCOLS.get(said.get("protocol", "").lower(), "")
        return known or ("smime-signed" if kind == "multipart/signed" else "pgp-encrypted")
    if kind in WRAPPED:
        return "smime-wrapped" if said.get("smime-type", "").lower() == "signed-data" else "smime-encrypted"
    return ""
