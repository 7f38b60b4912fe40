"""Bytes to text whatever charset they claim: declared, then UTF-8, then a guess, then windows-1252."""

import codecs
import re

from charset_normalizer import from_bytes

# Only these are ever used: Python also knows codecs that are no charsets (idna, punycode, undefined, rot13 ...).
ALLOWED = frozenset(
    """
    ascii utf-8 utf-16 utf-16-be utf-16-le utf-32 utf-7 cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257
    cp1258 cp874 cp866 cp850 cp437 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9
    iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic gb18030 big5hkscs
    hz shift_jis cp932 euc_jp iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_ext iso2022_kr cp949 johab
    """.split()
)
# What senders write, and what they mean by it.
ALIASES = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "windows-1252http-equivcontent-type": "cp1252",
    "ansi_x3.4-1968": "ascii",
    "ansi_x3.110-1983": "ascii",
    "us-ascii": "ascii",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "chinesebig5": "big5hkscs",
    "big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode": "utf-16",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "koi8": "koi8-r",
}
WESTERN = {"ascii", "cp1252"}  # a label that says little: senders put it on anything
GUESSES = """cp1252 cp1250 cp1251 koi8_r cp1253 cp1254 cp1255 cp1256 gb18030 big5 cp932 euc_jp cp949""".split()
SAMPLE = 4096
WORTH_GUESSING = 12  # fewer bytes over 127 say too little
SURROGATES = re.compile("[\ud800-\udfff]")  # UTF-7 can smuggle halves of characters that no database takes
NON_ASCII = re.compile(rb"[\x80-\xff]")


def decode(data: bytes, declared: str = "") -> str:
    """The text of the bytes, without NUL; never raises."""
    return SURROGATES.sub("\ufffd", _decode(data, declared).replace("\x00", "").removeprefix("\ufeff"))


def _decode(data: bytes, declared: str) -> str:
    name = codec(declared)
    if name in WESTERN or not name:
        if (text := strict(data, "utf-8")) is not None:
            return _escaped_japanese(data) or text
        return windows_1252(data) if name == "cp1252" else _guess(data)
    if (text := strict(data, name)) is not None:
        return text
    # A few broken bytes in otherwise good text, such as a character cut in two, are no reason to doubt the label.
    loose = data.decode(name, "replace")
    if loose.count("\ufffd") * 20 <= sum(character > "\x7f" for character in loose[:100_000]):
        return loose
    utf_8 = strict(data, "utf-8")
    return utf_8 if utf_8 is not None else _guess(data)


def codec(declared: str) -> str:
    """Python's name of a declared charset; empty for one that is unknown or not allowed."""
    label = declared.strip().strip("\"'").strip().lower().replace(" ", "")
    if label in ALIASES:
        return ALIASES[label]
    try:
        name = codecs.lookup(label[:60]).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    name = ALIASES.get(name, name)
    return name if name in ALLOWED else ""


def strict(data: bytes, name: str) -> str | None:
    """The text if every byte fits the codec; else None."""
    try:
        return data.decode(name)
    except (UnicodeError, ValueError):
        return None


def _escaped_japanese(data: bytes) -> str | None:
    """ISO-2022-JP is seven-bit: without a label it looks like ASCII with escape characters."""
    return strict(data, "iso2022_jp_ext") if b"\x1b$" in data else None


AS_1252 = {byte: bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(128, 160)}


def windows_1252(data: bytes) -> str:
    """Never fails: the five bytes that windows-1252 leaves open become their Latin-1 controls."""
    text = strict(data, "cp1252")
    return text if text is not None else data.decode("latin-1").translate(AS_1252)


def _guess(data: bytes) -> str:
    """The charset that its letters speak for; windows-1252 where they say too little."""
    first = NON_ASCII.search(data)
    sample = data[max(0, first.start() - 200) :][:SAMPLE] if first else b""
    if len(NON_ASCII.findall(sample)) >= WORTH_GUESSING:
        best = from_bytes(sample, cp_isolation=GUESSES, threshold=0.3).best()
        if best is not None and (text := strict(data, best.encoding)) is not None:
            return text
    return windows_1252(data)
