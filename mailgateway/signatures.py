"""Signatures at the end of what somebody wrote: the usual mark, and what telephones add by themselves."""

import re

# The words with which programs say what the mail was written on.
TELEPHONE = re.compile(
    r"^[\s<(*_\[]{0,8}(?:"
    r"(?:sent|writ?ten|verstuurd|verzonden|gesendet|versendet|enviado|enviada|enviat|inviato|envoyé|skickat"
    r"|sendt|lähetetty"
    r"|wysłan[eoy]|отправлено|надіслано|odesláno|gönderildi|trimis|scritto|mandado)"
    r"\b.{0,20}?\b(?:from|via|with|by|vanaf|van|met|mit|von|vom|aus|über|desde|des|con|do|da|dal|de|du|depuis|amb"
    r"|från|fra|min|laitteesta"
    r"|z|ze|с|из|з|din|tramite|mediante|pelo|pela|mobilnego|using)\b.{0,110}"
    r"|(?:from|desde) my \S.{0,60}"
    r"|(?:von|vom) mein\w{0,3} .{1,60} gesendet.{0,20}"
    r"|diese (?:nachricht|e-?mail) wurde (?:von|mit) .{1,80} gesendet.{0,10}"
    r"|get \[?outlook for .{1,60}|(?:obtener|obtenir|outlook holen|scarica|obter|download) ?outlook .{1,60}"
    r"|outlook für .{1,20} (?:herunterladen|beziehen).{0,60}|downloa?d outlook .{1,60}"
    r"|\S{1,20} from mobile|lähetetty .{1,60}|iphoneから送信|.{0,20}から送信|發自我的.{1,40}|发自我的.{1,40}"
    r"|從我的.{1,40}傳送|.{0,20}에서 보냄"
    r")[\s>).*_\]!]{0,8}$",
    re.IGNORECASE,
)
MARK = re.compile(r"^\s{0,3}(?:--|—|––|- -)\s{0,3}$")
RULE = re.compile(r"^\s{0,8}(?:[-_=~*#+]{2,200}|[—–]{1,80}|ᐧ)\s*$")
LONG_RULE = re.compile(r"^\s{0,3}_{10,100}\s*$")
MAX_BELOW_RULE = 3
MAX_SHORT = 160


def is_telephone(line: str) -> bool:
    """Whether a telephone or program wrote it: "Sent from my ..."."""
    return len(line) <= MAX_SHORT and bool(TELEPHONE.match(line))


def is_mark(line: str) -> bool:
    """Whether it is the line that signatures begin with."""
    return len(line) < 12 and bool(MARK.match(line))


def is_rule(line: str) -> bool:
    """Whether it is nothing but a drawn line."""
    return len(line) < 220 and bool(RULE.match(line))


def is_long_rule(line: str) -> bool:
    """Whether it is the drawn line that some set above a name."""
    return len(line) < 120 and bool(LONG_RULE.match(line))
