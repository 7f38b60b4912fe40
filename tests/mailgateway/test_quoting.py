"""What is new in a mail, and what is quoted."""

import json
from pathlib import Path
from time import process_time

import pytest

from mailgateway import mime, quoting

EML = Path(__file__).resolve().parents[1] / "eml"
REPLIES = [
    *("outlook-html-reply", "outlook-web-reply", "gmail-reply", "apple-mail-reply", "thunderbird-bottom-answer"),
    *("yahoo-reply", "own-quotation", "spanish-quotation", "french-quotation", "german-outlook-quotation"),
    *("spanish-outlook-quotation", "phone-signature"),
]
NEW, OLD = "This is new.", "This is old."


@pytest.mark.row("TH13")
@pytest.mark.parametrize("name", REPLIES)
def test_only_the_new_text_of_a_reply_is_shown_and_the_rest_is_kept(name: str) -> None:
    mail, wanted = mime.parse((EML / f"{name}.eml").read_bytes()), json.loads((EML / f"{name}.json").read_text())
    assert mail.text == wanted["text"]
    assert len(mail.full_text) > len(mail.text)


@pytest.mark.row("TH13")
@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 2 Nov 2026 at 09:00, Shop <service@shop.test> wrote:",
        "El lun, 2 nov 2026 a las 9:00, Tienda (<service@shop.test>) escribió:",
        "Le lun. 2 nov. 2026 à 09:00, Boutique <service@shop.test> a écrit :",
        "Am Mo., 2. Nov. 2026 um 09:00 Uhr schrieb Laden <service@shop.test>:",
        "Laden <service@shop.test> schrieb am Mo., 2. Nov. 2026, 09:00:",
        "Il giorno lun 2 nov 2026 alle ore 09:00 Negozio <service@shop.test> ha scritto:",
        "Em seg., 2 de nov. de 2026 às 09:00, Loja <service@shop.test> escreveu:",
        "El dl., 2 de nov. 2026, 9:00, Botiga <service@shop.test> va escriure:",
        "Op ma 2 nov 2026 om 09:00 schreef Winkel <service@shop.test>:",
        "pon., 2 lis 2026 o 09:00 Sklep <service@shop.test> napisał(a):",
        "пн, 2 нояб. 2026 г. в 09:00, Магазин <service@shop.test>:",
        "2 нояб. 2026 г., в 09:00, Магазин <service@shop.test> написал(а):",
        "Den mån 2 nov. 2026 kl 09:00 skrev Butik <service@shop.test>:",
        "Den man. 2. nov. 2026 kl. 09.00 skrev Butik <service@shop.test>:",
        "ma 2. marrask. 2026 klo 9.00 Kauppa (service@shop.test) kirjoitti:",
        "man. 2. nov. 2026 kl. 09:00 skrev Butikk <service@shop.test>:",
        "2026年11月2日(月) 9:00 店 <service@shop.test>:",
        "在 2026年11月2日，上午9:00，商店 <service@shop.test> 写道：",
        "пн, 2 лист. 2026 р. о 09:00 Крамниця <service@shop.test> пише:",
        "2026-11-02 9:00 GMT+01:00 Shop <service@shop.test>:",
        "-----Original Message-----",
        "-----Mensaje original-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-----Messaggio originale-----",
        "-----Mensagem original-----",
        "-----Missatge original-----",
        "-----Oorspronkelijk bericht-----",
        "-----Oryginalna wiadomość-----",
        "-----Исходное сообщение-----",
        "-----Ursprungligt meddelande-----",
        "-----Oprindelig meddelelse-----",
        "-----Alkuperäinen viesti-----",
        "----- 元のメッセージ -----",
        "------------------ 原始邮件 ------------------",
        "---------- Forwarded message ---------",
        "From: Shop <service@shop.test>\nSent: Monday, November 2, 2026 9:00 AM\nTo: Ana\nSubject: Bowl",
        "De: Tienda\nFecha: lunes, 2 de noviembre de 2026\nPara: Ana\nAsunto: Bol",
        "De : Boutique\nEnvoyé : lundi 2 novembre 2026\nÀ : Ana\nObjet : Bol",
        "Von: Laden\nGesendet: Montag, 2. November 2026\nAn: Ana\nBetreff: Schale",
        "Da: Negozio\nInviato: lunedì 2 novembre 2026\nA: Ana\nOggetto: Ciotola",
        "Van: Winkel\nVerzonden: maandag 2 november 2026\nAan: Ana\nOnderwerp: Kom",
        "Från: Butik\nSkickat: den 2 november 2026\nTill: Ana\nÄmne: Skål",
        "От: Магазин\nДата: 2 ноября 2026\nКому: Ана\nТема: Чаша",
    ],
)
def test_what_stands_below_an_attribution_in_any_language_is_quoted(line: str) -> None:
    assert quoting.split(f"{NEW}\n\n{line}\n\n{OLD}") == NEW
    assert quoting.split(f"{NEW}\n\n{line}\n> {OLD}\n> {OLD}\n") == NEW


@pytest.mark.row("TH13")
@pytest.mark.parametrize(
    "html",
    [
        '<div>NEW</div><div class="gmail_quote"><div class="gmail_attr">Wrote:</div>'
        '<blockquote class="gmail_quote">OLD</blockquote></div>',
        '<p>NEW</p><div class="moz-cite-prefix">Someone said</div><blockquote type="cite">OLD</blockquote>',
        '<p>NEW</p><div class="yahoo_quoted">OLD</div>',
        '<p>NEW</p><div class="protonmail_quote">OLD</div>',
        '<p>NEW</p><div class="tutanota_quote">OLD</div>',
        '<p>NEW</p><div class="zmail_extra">OLD</div>',
        '<p>NEW</p><hr id="zwchr" data-marker="__DIVIDER__"><div>OLD</div>',
        '<p>NEW</p><div id="appendonsend"></div><div>OLD</div>',
        '<p>NEW</p><hr id="stopSpelling">OLD',
        '<p>NEW</p><div id="divRplyFwdMsg">From: x</div><div>OLD</div>',
        '<p>NEW</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0 0 0">Od: x</div><p>OLD</p>',
        '<p>NEW</p><div class="OutlookMessageHeader">From: x</div><p>OLD</p>',
        '<p>NEW</p><span id="OLK_SRC_BODY_SECTION"><div>OLD</div></span>',
        '<p>NEW</p><div name="messageReplySection">OLD</div>',
        '<p>NEW</p><blockquote style="border-left: 1px solid #0857A6">OLD</blockquote>',
        '<p>NEW</p><div class="mostrador_quote"><p>x wrote</p><blockquote type="cite">OLD</blockquote></div>',
    ],
)
def test_the_marks_of_mail_programs_in_html_are_known(html: str) -> None:
    html = html.replace("NEW", NEW).replace("OLD", OLD)
    new = quoting.split(f"{NEW}\n{OLD}", html)
    assert new.startswith(NEW)
    assert OLD not in new


@pytest.mark.row("TH13")
def test_answers_between_quotations_are_kept_with_what_they_answer() -> None:
    text = "On Mon, 2 Nov 2026 at 09:00, Shop wrote:\n> Which colour?\nBlue.\n> Which size?\nLarge.\n> Bye\n"
    assert quoting.split(f"Hello,\n{text}") == "Hello,\n> Which colour?\nBlue.\n> Which size?\nLarge."


@pytest.mark.row("TH13")
def test_an_answer_below_the_quotation_is_kept_and_the_quotation_is_not() -> None:
    text = "On Mon, 2 Nov 2026 at 09:00, Shop <service@shop.test> wrote:\n> Which colour?\n\nBlue.\n"
    assert quoting.split(text) == "Blue."
    assert quoting.split(f"Hello,\n\n{text}") == "Hello,\n\nBlue."


@pytest.mark.row("TH13")
@pytest.mark.parametrize(
    "text",
    [
        "On 3 May you wrote: it is in stock. But it is not.",
        "El pedido dice:\nmedidas > 20 cm\ny no es verdad",
        "I paid on Monday 2 November at 9:00.\n\nFrom: Madrid\nIt should have come.",
        "Items:\n----------\n1 bowl\n----------\nThank you",
        "> This is deliberately quoted.\n\nAnd this is my question.",
        "Sent the parcel back yesterday with the courier, and I am waiting.\nAna",
        "a\n\n\n\nb",
    ],
)
def test_ordinary_text_stays_whole(text: str) -> None:
    assert quoting.split(text) == text


@pytest.mark.row("TH13")
@pytest.mark.parametrize(
    "line",
    [
        *("Sent from my iPhone", "Enviado desde mi iPhone", "Envoyé de mon iPhone", "Von meinem iPhone gesendet"),
        *("Inviato da iPhone", "Enviado do meu iPhone", "Enviat des del meu iPhone", "Verstuurd vanaf mijn iPhone"),
        *(
            "Skickat från min iPhone",
            "Sendt fra min iPhone",
            "Wysłane z iPhone'a",
            "Отправлено с iPhone",
            "iPhoneから送信",
        ),
        *("Get Outlook for Android", "Obtener Outlook para iOS", "-- \nAna García\nCalle Mayor 1", "--\nAna"),
    ],
)
def test_signatures_are_folded_away(line: str) -> None:
    assert quoting.split(f"{NEW}\n\n{line}\n") == NEW


def test_a_mail_that_only_quotes_says_nothing_new() -> None:
    assert quoting.split("On Mon, 2 Nov 2026 at 09:00, Shop <s@shop.test> wrote:\n> Hello\n") == ""


ATTACKS = [
    *("\n", " ", "> ", ">", "On ", "On 1:00 ", "On 1:00 a\n", "On 3 May 10:00 x@y.z wrote:\n", "x wrote:\n", "a@b "),
    *(
        "From: ",
        "From: a\n",
        "From: a\nTo: b\nSubject: c\n",
        "-----",
        "--\n",
        "-- \n____________\n",
        "_",
        "__________\n",
    ),
    *("Sent from ", "Sent from my x ", "-----Original Message ", "|\n", "```\n", ":", ": \n", "2016-01-01 a\n", "*"),
    *(
        "***From: \n",
        "e\n\n",
        "1\n",
        '"\n',
        "<a@b>:\n",
        "a<",
        "a\nOn 10:10 b\n",
        "> > > ",
        "x>\nOn 1 May 1:11 wrote:\n",
    ),
    *("- -\n", "( ", "0", "写道：", "sent sent ", "wrote wrote ", "wrote : ", "a, 1 May. ", "\u00a0"),
]


@pytest.mark.parametrize("piece", ATTACKS)
def test_100_kilobytes_of_an_attack_take_no_time(piece: str) -> None:
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    quickest = min(taken(text) for _ in range(3))
    assert quickest < 0.5  # ten times what it takes: the machine may be busy


def taken(text: str) -> float:
    before = process_time()
    quoting.split(text)
    return process_time() - before
