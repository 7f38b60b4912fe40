"""The lines that mail programs write above what they quote, in the languages of their users."""

import re
from functools import lru_cache

MAX_LINE = 1000  # characters of a line that are looked at
MAX_JOINED = 400
COLONS = (":", "：", ":*")
WINDOW = 7  # lines over which one attribution may be broken

# "... wrote:" and its sisters. Some languages put the verb before the name.
VERBS = re.compile(
    r"\b(?:wrote|writes|said|escribi[óo]|a [ée]crit|schrieb|geschrieben|ha scritto|scrive|escreveu|va escriure"
    r"|escrigu[ée]"
    r"|schreef|geschreven|napisa[łl](?:\(a\)|a)?|pisze|написал(?:\(а\)|а)?|пишет|пише|написа(?:в|ла)|skrev|skrifaði"
    r"|kirjoitti|napsal(?:\(a\)|a)?|nap[íi]sal(?:\(a\)|a)?|yazd[ıi]|a scris|ezt [íi]rta|[íi]rta|έγραψε|đã viết"
    r"|menulis"
    r"|je napisao(?:/la)?|je napisal(?:/a|a)?|написа|raše|kirjutas|idatzi du|escribeu)(?![^\W\d_])"
    r"|写道|寫道|寫到|のメール|が書きました|書きました|님이 작성|작성|כתב(?:/ה)?|كتب|เขียน|ने लिखा",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[^\s<>\"'()\[\]]{1,64}@[^\s<>\"'()\[\]]{1,255}")
DIGIT = re.compile(r"\d")
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\d{1,2}[时時點点]\d{0,2}")
DAY = re.compile(
    r"\b\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\b\d{1,2}[-/. ]{1,2}\d{1,2}[-/. ]{1,2}\d{2,4}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th|er|º|ª)?[.,]? (?:de |d')?[^\W\d_]{3,12}[.,]?|\b[^\W\d_]{3,12}[.,]? \d{1,2}\b"
)
# Attributions without a verb: an ISO date in front, and a zone or an address.
BARE = re.compile(r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b")
BARE_END = re.compile(r"<[^<>\s]{1,300}@[^<>\s]{1,300} ?>:?$|GMT[+-]\d{1,2}(?::?\d{2})? \S.{0,100}$")
ZOHO = re.compile(
    r"^-{2,} ?.{10,350}?(?:wrote|écrit|escribió|schrieb|scritto|escreveu|geschreven)\s?-{2,}$", re.IGNORECASE
)
START = re.compile(
    r"(?:on|at|le|el|am|op|den|em|il|in data|dnia|w dniu|am|a|på|dne|kl|den|vào|pada|tarihinde|în|στις|в|на|за"
    r"|在|於|于|il giorno)\b"
    r"|\d|[\"<*]|\S{1,20}, \d|\S+ <\S+@",
    re.IGNORECASE,
)
DATED = re.compile(r"^(?:\D{0,12})\d{1,4}")
# What may stand behind a verb: a name with its address, or when it was said; then the colon.
TAIL = re.compile(r"^[^:]{0,20}[:：]\s*$|.{0,250}[:：]\s*(?:\*{0,2})$|^\s*$")

ORIGINAL = (
    "original message|original mail|original e-?mail|original appointment|reply message|forwarded message"
    "|forwarded mail"
    "|mensaje original|mensaje reenviado|correo original|mensaje remitido|message d.origine"
    "|message original"
    "|message transf[ée]r[ée]|message transmis|courriel original|urspr[üu]ngliche nachricht|urspr[üu]ngliche mail"
    "|originalnachricht|weitergeleitete nachricht|messaggio originale|messaggio originario|messaggio inoltrato"
    "|mensagem original|mensagem encaminhada|missatge original|missatge reenviat|oorspronkelijk bericht"
    "|oorspronkelijke mail|doorgestuurd bericht|doorgestuurde bericht|oryginalna wiadomo[śs][ćc]"
    "|wiadomo[śs][ćc] oryginalna"
    "|oryginalny e-?mail|przekazana wiadomo[śs][ćc]|wiadomo[śs][ćc] przekazana|исходное сообщение"
    "|оригинальное сообщение"
    "|пересылаемое сообщение|пересланное сообщение|пересылаемое письмо|первоначальное сообщение"
    "|оригінальне повідомлення"
    "|ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|oprindelig meddelelse|oprindelig besked"
    "|videresendt meddelelse|videresendt besked|opprinnelig melding|videresendt melding|alkuper[äa]inen viesti"
    "|v[äa]litetty viesti|p[ůu]vodn[íi] zpr[áa]va|p[ôo]vodn[áa] spr[áa]va|přeposlan[áa] zpr[áa]va"
    "|eredeti [üu]zenet"
    "|mesaj original|orijinal ileti|özgün ileti|αρχικό μήνυμα|元のメッセージ|転送メッセージ|original|原始邮件|原邮件"
    "|原始郵件|原始信息|转发邮件|轉寄郵件|转发的邮件|원본 메시지|원본 메일|הודעה מקורית|الرسالة الأصلية"
)
ORIGINAL_LINE = re.compile(
    rf"^[\s*]{{0,10}}[-_=]{{2,60}}\s{{0,5}}\*?(?:{ORIGINAL})\b.{{0,60}}?[-_=]{{2,60}}[\s*]{{0,10}}$", re.IGNORECASE
)
FORWARDED = re.compile(
    r"^[\s*]{0,10}(?:begin forwarded message|inicio del mensaje reenviado"
    r"|d[ée]but du message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])"
    r"|anfang der weitergeleiteten (?:nachricht|e-?mail)|inizio messaggio inoltrato"
    r"|in[íi]cio da mensagem (?:re)?encaminhada"
    r"|inici del missatge reenviat|begin doorgestuurd bericht|pocz[ąa]tek przekazywanej wiadomo[śs]ci"
    r"|vidarebefordrat brev"
    r"|start p[åa] videresendt (?:besked|melding)|начало переадресованного сообщения|開始轉寄郵件|转发的邮件"
    r"|転送されたメッセージ)"
    r"\s?[:：]?\s{0,5}$",
    re.IGNORECASE,
)

# Of the words for an original message, those that only a forwarded one has.
PASSED_ON = (
    "forwarded message|forwarded mail|mensaje reenviado|mensaje remitido|message transf[ée]r[ée]|message transmis"
    "|weitergeleitete nachricht|messaggio inoltrato|mensagem encaminhada|missatge reenviat|doorgestuurde? bericht"
    "|przekazana wiadomo[śs][ćc]|wiadomo[śs][ćc] przekazana|пересылаемое сообщение|пересланное сообщение"
    "|пересылаемое письмо|vidarebefordrat meddelande|videresendt meddelelse|videresendt besked|videresendt melding"
    "|v[äa]litetty viesti|přeposlan[áa] zpr[áa]va|転送メッセージ|转发邮件|轉寄郵件|转发的邮件"
)
FORWARD_LINE = re.compile(
    rf"^[\s*]{{0,10}}[-_=]{{2,60}}\s{{0,5}}\*?(?:{PASSED_ON})\b.{{0,60}}?[-_=]{{2,60}}[\s*]{{0,10}}$", re.IGNORECASE
)

# The labels of an embedded header block: who, when, to whom, about what.
FROM = (
    "from|de|von|da|van|od|от|від|fra|från|lähettäjä|kimden|feladó|expeditor|从|差出人|发件人|寄件者"
    "|寄件人|보낸 사람|remitente|από|מאת|من"
)
WHEN = (
    "sent|date|sent on|sent at|enviado(?: el| em)?|fecha|data|envoyé|envoyé le|date d.envoi|gesendet(?: am)?"
    "|datum|inviato|"
    "data d.enviament|enviat|verzonden|wysłano|wysłane|data wysłania|отправлено|дата|надіслано|skickat"
    "|skickat den|sendt|dato|"
    "lähetetty|päivämäärä|送信日時|日時|日付|发送时间|发送日期|日期|寄件日期|傳送日期|보낸 날짜|odesláno"
    "|elküldve|trimis|tarih|gönderildi"
)
TO = (
    "to|para|à|an|a|per a|aan|do|кому|til|till|vastaanottaja|kime|címzett|către|宛先|收件人|收件者|받는 사람"
    "|komu|destinatario|pour"
    "|cc|kopie|copie|copia|kopia|копия|reply-to|responder a|risposta|antwort an|répondre à"
)
ABOUT = (
    "subject|asunto|assunto|objet|sujet|betreff|oggetto|assumpte|onderwerp|temat|тема|ämne|emne|aihe|konu|tárgy"
    "|subiect|"
    "件名|主题|主題|主旨|제목|předmět|predmet|θέμα|sujet"
)
LABEL = re.compile(
    rf"^\s{{0,10}}\*{{0,2}}(?:(?P<who>{FROM})|(?P<when>{WHEN})|(?P<to>{TO})"
    rf"|(?P<about>{ABOUT}))\s?\*{{0,2}}\s?[:：]\*{{0,2}}(?=\s|\S)",
    re.IGNORECASE,
)
QUOTE_PREFIX = re.compile(r"^\s{0,4}(?:>\s?)+")


def unquoted(line: str) -> str:
    """The line without its quotation marks."""
    return QUOTE_PREFIX.sub("", line[:MAX_LINE]) if ">" in line[:6] else line[:MAX_LINE]


def length(lines: list[str], at: int) -> int:
    """How many lines the attribution that starts here is long; 0 if none does."""
    first = unquoted(lines[at]).strip()
    if not first or not (DIGIT.search(first) or ADDRESS.search(first) or VERBS.search(first) or first.startswith('"')):
        return 0
    window = lines[at : at + WINDOW]
    if not any(line.rstrip().endswith(COLONS) for line in window) and not (BARE.match(first) or first.startswith("--")):
        return 0
    joined = ""
    for count, line in enumerate(window, start=1):
        piece = unquoted(line).strip()
        joined = f"{joined} {piece}".strip()
        if len(joined) > MAX_JOINED:
            return 0
        if piece and _is_attribution(joined):
            return 0 if count > 1 and _begins_later(lines, at, count) else count
        if count > 1 and piece.endswith(COLONS):
            return 0
        if not piece and not _is_open(joined):
            return 0
    return 0


def _begins_later(lines: list[str], at: int, count: int) -> bool:
    """Whether the sentence before an attribution was taken for its beginning."""
    if START.match(unquoted(lines[at]).strip()):
        return False
    later = range(at + 1, at + count)
    return any(START.match(unquoted(lines[one]).strip()) and length(lines, one) for one in later)


def _is_open(joined: str) -> bool:
    """Whether an attribution may go on below a blank line: a date stands there, and no verb yet."""
    return bool(CLOCK.search(joined)) and not joined.endswith((".", "!", "?"))


def _is_attribution(joined: str) -> bool:
    if (BARE.match(joined) and BARE_END.search(joined)) or ZOHO.match(joined):
        return True
    if not joined.endswith(COLONS):
        return False
    for verb in VERBS.finditer(joined):
        if TAIL.match(joined[verb.end() :]) and _says_when_or_who(joined):
            return True
    return _is_dated_name(joined)


def _says_when_or_who(joined: str) -> bool:
    if ADDRESS.search(joined) or CLOCK.search(joined):
        return True
    return bool(DAY.search(joined))


def _is_dated_name(joined: str) -> bool:
    """Some programs write no verb: a date, a time, and a name with its address in front of the colon."""
    if not joined.rstrip("*").endswith((">:", ">：", "):", ")：")) or not ADDRESS.search(joined):
        return False
    return bool(CLOCK.search(joined)) and bool(DAY.search(joined)) and bool(DATED.match(joined))


def block_length(lines: list[str], at: int) -> int:
    """How many lines the header block that starts here is long; 0 if none does."""
    first = label_of(lines[at])
    if first not in {"who", "when", "about"}:
        return 0
    seen, end, extra = {first}, at + 1, 0
    for offset, line in enumerate(lines[at + 1 : at + 20], start=at + 1):
        label = label_of(line)
        if label:
            seen.add(label)
            end, extra = offset + 1, 0
        elif extra >= 2:
            break
        else:
            extra += 1  # a long value goes on below, or a blank line stands between
    return end - at if "who" in seen and len(seen) >= 3 else 0


@lru_cache(maxsize=64)  # a window of lines is looked at again from each of its lines
def label_of(line: str) -> str:
    """Which line of a header block it is: "who", "when", "to", "about"; empty for none."""
    match = LABEL.match(unquoted(line))
    return (match.lastgroup or "") if match else ""


def labelled(line: str) -> tuple[str, str]:
    """Its label, and what stands behind it."""
    text = unquoted(line)
    match = LABEL.match(text)
    return ((match.lastgroup or ""), text[match.end() :].strip()) if match else ("", "")


def is_forward_mark(line: str) -> bool:
    """Whether the line is "---------- Forwarded message ---------" or its like: no answer has one."""
    text = unquoted(line)
    return bool(FORWARDED.match(text) or FORWARD_LINE.match(text))


def is_original_mark(line: str) -> bool:
    """Whether the line is "-----Original Message-----" or its like."""
    text = unquoted(line)
    return bool(ORIGINAL_LINE.match(text) or FORWARDED.match(text))
