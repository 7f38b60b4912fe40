"""How well strangers' mail is understood, against the corpora in ../shared/mail-corpus: `make mailscore`.

Prints one line a corpus; with -v the names of the files that differ. Not a test: the tests have their own mails.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from time import process_time
from typing import Any

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "mail-corpus"
if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from helpdesk import html as markup  # noqa: E402
from helpdesk.mail import InboundMail  # noqa: E402
from mailgateway import mime, quoting, signatures  # noqa: E402

NOT_MAIL = {".json", ".md", ".bmp", ".exr", ".gif", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".ras", ".sgi", ".tiff"}
NOT_MAIL |= {".webp", ".xbm", ".aifc", ".aiff", ".au", ".wav", ".html"}


def mails(*folders: str) -> Iterator[Path]:
    """Every mail below these folders of the corpus; below all of them if none is named."""
    for folder in folders or ("",):
        for path in sorted((CORPUS / folder).rglob("*")):
            if path.is_file() and path.suffix not in NOT_MAIL and not path.name.startswith("COPYING"):
                yield path


def replies() -> list[tuple[str, bool]]:
    """64 replies in 13 languages: the new part, exactly, white space at the ends aside."""
    wanted = CORPUS / "email_reply_trimmer" / "trimmed"
    return [
        (path.name, quoting.split(_read(path)).strip() == _read(wanted / path.name).strip())
        for path in mails("email_reply_trimmer/emails")
    ]


def _read(path: Path) -> str:
    return path.read_text(errors="replace").replace("\r\n", "\n")


def clients() -> list[tuple[str, bool]]:
    """The replies of 12 mail programs and 9 HTML ones, without the quoted mail."""
    folder, found = CORPUS / "talon" / "fixtures", []
    for path in mails("talon/fixtures/standard_replies"):
        if path.suffix == ".eml":
            beside = path.with_name(f"{path.stem}_reply_text")
            wanted = _read(beside) if beside.exists() else "Hello"
            found.append((path.name, _words(mime.parse(path.read_bytes()).text) == _words(_signed_off(wanted))))
    for path in sorted((folder / "html_replies").glob("*.html")):
        html = _read(path)
        found.append((path.name, _words(quoting.split(markup.to_text(html), html)) == "Hi. I am fine. Thanks, Alex"))
    return found


def _signed_off(text: str) -> str:
    """Without what the product folds away as a signature."""
    lines = text.rstrip().split("\n")
    marks = [at for at, line in enumerate(lines) if signatures.is_mark(line) or signatures.is_telephone(line)]
    return "\n".join(lines[: marks[0]] if marks else lines)


def _words(text: str) -> str:
    return " ".join(text.split())


def fields() -> list[tuple[str, bool]]:
    """Addresses, subject, date, ids, text, HTML and files of the stalwart set."""
    found = []
    for path in mails("stalwart"):
        wanted = json.loads(path.with_suffix(".json").read_text())
        mail = mime.parse(path.read_bytes())
        for name, (left, right) in _compared(wanted, mail).items():
            found.append(
                (f"{path.parent.name}/{path.name} {name}: wanted {left!r:.300} got {right!r:.300}", left == right)
            )
    return found


def _compared(wanted: dict[str, Any], mail: InboundMail) -> dict[str, tuple[Any, Any]]:
    named = [one for one in wanted["parts"][0]["headers"] if isinstance(one["name"], str)]
    heads = {one["name"]: one["value"] for one in reversed(named)}
    pairs: dict[str, tuple[Any, Any]] = {}
    if people := _people(heads.get("from")):
        pairs["from"] = people[0], (mail.sender_name, mail.sender)
    for name, got in (("to", mail.to), ("cc", mail.cc), ("reply_to", mail.reply_to)):
        if people := _people(heads.get(name)):
            pairs[name] = people[:20], [(one.name, one.address) for one in got]
    if isinstance(text := heads.get("subject"), dict) and "Text" in text:
        pairs["subject"] = _words(text["Text"]), _words(mail.subject)
    if isinstance(text := heads.get("message_id"), dict) and "Text" in text:
        pairs["message_id"] = f"<{text['Text']}>", mail.message_id
    if isinstance(when := heads.get("date"), dict) and "DateTime" in when:
        pairs["date"] = _moment(when["DateTime"]), mail.date
    pairs |= _compared_bodies(wanted, mail)
    return {name: pair for name, pair in pairs.items() if "\ufffd" not in repr(pair[0])}


def _people(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict) or "Address" not in value:
        return []
    kind, listed = next(iter(value["Address"].items()))
    if kind == "Group":
        listed = [one for group in listed for one in group["addresses"]]
    people = [(_words(one.get("name") or ""), (one.get("address") or "").lower()) for one in listed]
    return [one for one in people if "@" in one[1]]


def _moment(when: dict[str, Any]) -> datetime | None:
    offset = timedelta(hours=when["tz_hour"], minutes=when["tz_minute"])
    try:
        moment = datetime(
            *(when[name] for name in ("year", "month", "day", "hour", "minute", "second")),
            tzinfo=timezone(-offset if when["tz_before_gmt"] else offset),
        ).astimezone(UTC)
    except ValueError:
        return None
    return moment if moment.year > 1970 else None


def _compared_bodies(wanted: dict[str, Any], mail: InboundMail) -> dict[str, tuple[Any, Any]]:
    parts = wanted["parts"]
    texts = [parts[at]["body"]["Text"] for at in wanted["text_body"] if "Text" in parts[at]["body"]]
    htmls = [parts[at]["body"]["Html"] for at in wanted["html_body"] if "Html" in parts[at]["body"]]
    pairs: dict[str, tuple[Any, Any]] = {}
    if texts and not any("Html" in parts[at]["body"] for at in wanted["text_body"]):
        pairs["text"] = _words(" ".join(texts)), _words(mail.full_text)
    if htmls and not any("Text" in parts[at]["body"] for at in wanted["html_body"]):
        pairs["html"] = _words(" ".join(htmls)), _words(mail.html)
    # Text without a name counts as text here, wherever it stands; it is compared above.
    names = [_file_name(parts[at]) for at in wanted["attachments"] if not _is_nameless_text(parts[at])]
    pairs["files"] = len(names), len(mail.files)
    got = [one.name for one in mail.files]
    for name in filter(None, names):
        pairs[f"file {name}"] = name, next((one for one in got if _same_name(one, name)), got)
        if _same_name(str(pairs[f"file {name}"][1]), name):
            pairs[f"file {name}"] = name, name
    return pairs


def _file_name(part: dict[str, Any]) -> str:
    for head, attribute in (("content_disposition", "filename"), ("content_type", "name")):
        for one in part["headers"]:
            if one["name"] == head and isinstance(one["value"], dict):
                for pair in one["value"].get("ContentType", {}).get("attributes") or []:
                    if pair["name"] == attribute:
                        return str(pair["value"])
    return ""


def _is_nameless_text(part: dict[str, Any]) -> bool:
    kinds = [one["value"].get("ContentType") for one in part["headers"] if one["name"] == "content_type"]
    is_text = not kinds or (kinds[0]["c_type"], kinds[0]["c_subtype"]) in {("text", "plain"), ("text", "html")}
    return is_text and "Text" in part["body"] and not _file_name(part)


def _same_name(got: str, wanted: str) -> bool:
    """Numbers that make names unique, and folders that are cut off, aside."""
    last = _words(wanted.replace("\\", "/").rpartition("/")[2] or wanted)
    stem, dot, extension = last.rpartition(".")
    if len(got) > 4 and wanted.endswith(got):
        return True
    return got == last or (
        got.startswith(f"{stem or extension} (") and got.endswith(f"){dot}{extension if stem else ''}")
    )


# Complaints; people who are away; one person's mail; a list's house rules; notices of a paid service in JSON.
NOT_FAILURES = (
    "arf-",
    "rfc3834-",
    "qmail_08",
    "groupwise_03",
    "lhost-fml-02",
    "lhost-amazonses-10",
    "lhost-amazonses-12",
)


def returned() -> list[tuple[str, bool]]:
    """Delivery reports: recognised, with an address that failed."""
    found = []
    for path in mails("flufl", "sisimai"):
        if path.name.startswith(NOT_FAILURES):
            continue
        bounce = mime.parse(path.read_bytes()).bounce
        found.append((f"{path.name}: {bounce!r:.200}", bounce is not None and "@" in bounce.recipient))
    return found


def ordinary() -> list[tuple[str, bool]]:
    """Every other mail: not taken for a delivery report unless it is one by its form."""
    found = []
    for path in mails("stalwart", "talon", "mikel", "cpython", "flanker", "webklex", "django_helpdesk"):
        raw = path.read_bytes()
        is_report = b"delivery-status" in raw.lower() or b"mailer-daemon" in raw[:4000].lower()
        found.append((str(path.relative_to(CORPUS)), is_report or mime.parse(raw).bounce is None))
    return found


def everything() -> list[tuple[str, bool]]:
    """No file raises or takes longer than a second."""
    found = []
    for path in mails():
        before, said = process_time(), ""
        try:
            mime.parse(path.read_bytes())
        except Exception as error:  # noqa: BLE001 - the score is about exactly these
            said = repr(error)
        took = process_time() - before
        found.append((f"{path.relative_to(CORPUS)} {said} {took:.2f} s", not said and took < 1))
    return found


SCORES = (replies, clients, fields, returned, ordinary, everything)
WANTED = {"replies": 60 / 64, "clients": 1.0, "fields": 0.97, "returned": 0.98, "ordinary": 1.0, "everything": 1.0}
REPORT = Path(__file__).resolve().parents[1] / "docs" / "mailscore.md"
HEAD = """# How well strangers' mail is read

Made by `make mailscore WRITE=1` from the corpora in `../shared/mail-corpus`; `tests/mailscore.py -v` names what
differs.

| corpus | what is asked | right | of | % | wanted | |
|---|---|---|---|---|---|---|
"""


def main() -> int:
    """Print the figures; 1 if the corpus is not here, or a figure is below what is wanted."""
    if not CORPUS.is_dir():
        sys.stderr.write(f"The mail corpus is not at {CORPUS}.\n")
        return 1
    lines, over = [], 0
    for score in SCORES:
        results = score()
        good, wanted = sum(right for _, right in results), WANTED[score.__name__]
        share = good / len(results)
        over += share < wanted
        sys.stdout.write(f"{score.__name__:10} {good:5} of {len(results):5}  {100 * share:5.1f} %\n")
        asked = " ".join((score.__doc__ or "").split())
        verdict = "ok" if share >= wanted else "below"
        row = (score.__name__, asked, good, len(results), f"{100 * share:.1f}", f"{100 * wanted:.1f}", verdict)
        lines.append("| " + " | ".join(map(str, row)) + " |\n")
        if "-v" in sys.argv:
            sys.stdout.writelines(f"    {name}\n" for name, right in results if not right)
    if "--write" in sys.argv:
        REPORT.write_text(HEAD + "".join(lines), encoding="utf-8")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
