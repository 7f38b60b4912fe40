"""Small files that customers attach, made on the spot."""

from helpdesk.mail import MailFile
from mailgateway.practice.photo import draw


def photo(n: int) -> MailFile:
    """A broken bowl."""
    return MailFile(f"foto-{n + 1}.png", "image/png", draw(n))


def text(n: int) -> MailFile:
    """The receipt of a parcel shop."""
    words = f"Resguardo de entrega\nPunto de recogida 0{n % 90 + 10}\nBultos: 1\nReferencia: R{704_000 + n}\n"
    return MailFile("resguardo.txt", "text/plain", words.encode())


def pdf(n: int) -> MailFile:
    """A document of one page, written by hand: five objects and the table of where they begin."""
    page = f"BT /F1 18 Tf 72 760 Td (Documento {2000 + n}) Tj 0 -32 Td /F1 12 Tf (Total: {40 + n},18 EUR) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(page)} >>\nstream\n{page}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, starts = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        starts.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    end = f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return MailFile(f"documento-{2000 + n}.pdf", "application/pdf", (out + end).encode("ascii"))


MAKERS = {"photo": photo, "text": text, "pdf": pdf}
