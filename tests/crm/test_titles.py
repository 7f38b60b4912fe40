"""Social titles: the list, the form with its picture, deleting one, the greeting, and the switch."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from crm.models import Customer, RecordSettings, SocialTitle, TitleUse
from helpdesk.models import PredefinedReply
from tests import make

FORM = {"names_en": "Dr", "names_es": "Dr.", "kind": "2", "symbol": "⚕", "width": "16", "height": "16"}


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


@pytest.fixture
def used(world):
    RecordSettings.decide(by=None, title_use=TitleUse.TEAM)


@pytest.fixture
def doctor(db):
    return SocialTitle.objects.create(
        names={"de": "Frau Dr.", "en": "Dr"},
        kind=SocialTitle.Kind.FEMALE,
        salutations={"de": "Sehr geehrte Frau Dr. {last_name}", "en": "Dear Dr {last_name}"},
    )


def html(answer):
    return answer.content.decode()


def picture(kind="PNG", size=(200, 100), mode="RGB"):
    out = BytesIO()
    note = PngImagePlugin.PngInfo()
    note.add_text("Comment", "taken at home")
    Image.new(mode, size).save(out, kind, **({"pnginfo": note} if kind == "PNG" else {}))
    return out.getvalue()


def uploaded(content, name="dr.png"):
    return SimpleUploadedFile(name, content, content_type="image/png")


@pytest.mark.row("TI1")
def test_a_new_shop_has_titles_in_both_languages(world, alice):
    page = html(alice.get("/titles/"))
    for said in ("Ms · Sra.", "Mr · Sr.", "Estimada Sra. Krüger", "Dear Ms Krüger", "Neutral"):
        assert said in page, said


@pytest.mark.row("TI1")
def test_the_list_counts_who_has_a_title_and_leads_to_them(world, alice, used, doctor):
    Customer.objects.update(title=doctor)
    assert f'<a href="/customers/?title={doctor.pk}">1</a>' in html(alice.get("/titles/"))
    assert "John Doe" in html(alice.get(f"/customers/?title={doctor.pk}"))


@pytest.mark.row("TI1")
def test_a_title_in_use_is_deleted_only_with_something_in_its_place(world, alice, used, doctor):
    Customer.objects.update(title=doctor)
    other = SocialTitle.objects.first()
    assert "Say what they get instead." in html(alice.post(f"/titles/{doctor.pk}/delete/", {"instead": ""}))
    assert SocialTitle.objects.filter(pk=doctor.pk).exists()
    alice.post(f"/titles/{doctor.pk}/delete/", {"instead": str(other.pk)})
    world.john.refresh_from_db()
    assert (world.john.title, world.john.history.first().history_user) == (other, world.alice)
    alice.post(f"/titles/{other.pk}/delete/", {"instead": "none"})
    world.john.refresh_from_db()
    assert world.john.title is None


@pytest.mark.row("TI1")
def test_a_title_that_nobody_has_goes_without_a_question(world, alice, doctor):
    alice.post(f"/titles/{doctor.pk}/delete/")
    assert not SocialTitle.objects.filter(pk=doctor.pk).exists()


@pytest.mark.row("TI2")
def test_dr_neutral_is_kept_in_both_languages_and_its_picture_is_drawn_anew(world, alice):
    answer = alice.post("/titles/new/", {**FORM, "picture": uploaded(picture())})
    title = SocialTitle.objects.get(names__en="Dr", kind=SocialTitle.Kind.NEUTRAL)
    assert answer.url == f"/titles/{title.pk}/"
    assert (title.names, title.symbol) == ({"en": "Dr", "es": "Dr."}, "⚕")
    sent = alice.get(f"/titles/{title.pk}/picture/")
    drawn = Image.open(BytesIO(sent.content))
    assert (sent["Content-Type"], drawn.format, drawn.size, drawn.info.get("Comment")) == (
        *("image/png", "PNG", (16, 16), None),
    )
    alice.post(f"/titles/{title.pk}/", {**FORM, "without_picture": "on"})
    assert alice.get(f"/titles/{title.pk}/picture/").status_code == 404


@pytest.mark.row("TI2")
@pytest.mark.parametrize(
    ("sides", "size"), [(("0", "0"), (200, 100)), (("0", "50"), (100, 50)), (("32", ""), (32, 16))]
)
def test_a_side_of_zero_follows_the_other_or_stays(world, alice, sides, size):
    alice.post("/titles/new/", {**FORM, "width": sides[0], "height": sides[1], "picture": uploaded(picture("WEBP"))})
    assert Image.open(BytesIO(SocialTitle.objects.last().picture)).size == size


@pytest.mark.row("TI2")
@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "Only PNG, JPEG, WebP"),
        (lambda: b"GIF89a", "Only PNG, JPEG, WebP and GIF"),
        (lambda: picture()[:120], "The picture is broken."),
        (lambda: b"\x89PNG" + b"0" * 1024 * 1024, "larger than 1 MB"),
        (lambda: picture("GIF", (5000, 4000), "L"), "too many pixels"),
        (lambda: picture("BMP"), "Only PNG, JPEG, WebP and GIF"),
    ],
    ids=["drawing", "beginning", "cut off", "large", "wide", "other"],
)
def test_what_is_no_picture_is_refused_with_a_reason(world, alice, made, said):
    before = SocialTitle.objects.count()
    page = html(alice.post("/titles/new/", {**FORM, "picture": uploaded(made())}))
    assert said in page
    assert 'value="⚕"' in page
    assert SocialTitle.objects.count() == before


@pytest.mark.row("TI2")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"names_en": "", "names_es": ""}, "in one language at least"),
        ({"names_en": "x" * 21, "names_es": ""}, "at most 20 characters"),
        ({"names_en": "x" * 21}, "at most 20"),
        ({"salutations_en": "Dear {name}"}, "no other brackets"),
        ({"kind": "7"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_title_is_said(world, alice, wrong, said):
    assert said in html(alice.post("/titles/new/", {**FORM, **wrong}))


@pytest.mark.row("TI3")
@pytest.mark.parametrize(
    ("language", "fields", "said"),
    [
        ("de", {"last_name": "Krüger"}, "Sehr geehrte Frau Dr. Krüger"),
        ("en", {"last_name": "Krüger"}, "Dear Dr Krüger"),
        ("es", {"first_name": "Ana"}, "Hola Ana"),
        ("de", {"first_name": "Ana", "last_name": ""}, "Hallo Ana"),
        ("en", {"first_name": "", "last_name": "Unknown"}, "Hello"),
        ("es", {"first_name": "unknown", "last_name": "-"}, "Hola"),
        ("ja", {"first_name": "Ana", "last_name": ""}, "Hello Ana"),
    ],
)
def test_a_reply_greets_by_title_and_name_in_the_customers_language(
    world, client, used, doctor, language, fields, said
):
    Customer.objects.filter(pk=world.john.pk).update(**{"title": doctor, **fields})
    reply = PredefinedReply.objects.create(
        title="Hi", shortcut="hi", bodies=dict.fromkeys(("de", "en", "es", "ja"), "{{ salutation }}:")
    )
    thread = make.thread(world.service, sender_name="", language=language)
    client.force_login(world.bob)
    answer = client.post(f"/threads/{thread.pk}/replies/use/", {"reply": reply.pk}).json()
    assert answer == {"html": f"{said}:", "missing": []}


@pytest.mark.row("TI3")
@pytest.mark.parametrize(("name", "said"), [("Eve Adams", "Hello Eve"), ("", "Hello"), ("eve@x.test", "Hello")])
def test_somebody_not_on_file_is_greeted_by_what_they_signed_with(world, client, name, said):
    reply = PredefinedReply.objects.create(title="Hi", bodies={"en": "{{ salutation }}"})
    thread = make.thread(world.service, sender="eve@example.com", sender_name=name, language="en")
    client.force_login(world.bob)
    assert client.post(f"/threads/{thread.pk}/replies/use/", {"reply": reply.pk}).json()["html"] == said


@pytest.mark.row("TI4")
def test_a_title_shows_nowhere_while_titles_are_off(world, alice, doctor):
    Customer.objects.filter(pk=world.john.pk).update(title=doctor)
    thread = make.thread(world.service)
    pages = (f"/customers/{world.john.pk}/", f"/threads/{thread.pk}/panel/", "/customers/")
    for path in pages:
        page = html(alice.get(path))
        assert "Dr John" not in page
        assert ">Title<" not in page
    assert alice.post("/titles/use/", {"title_use": "team"}).status_code == 303
    assert "Dr John Doe" in html(alice.get(pages[0]))
    assert "<dt>Title</dt>" in html(alice.get(pages[0]))
    assert "Dr John Doe" in html(alice.get(pages[1]))
    assert RecordSettings.history.first().history_user == world.alice


@pytest.mark.row("TI4")
def test_a_reply_leaves_the_title_out_while_titles_are_off(world, client, doctor):
    Customer.objects.filter(pk=world.john.pk).update(title=doctor)
    reply = PredefinedReply.objects.create(title="Hi", bodies={"en": "{{ salutation }}"})
    thread = make.thread(world.service, language="en")
    client.force_login(world.bob)
    assert client.post(f"/threads/{thread.pk}/replies/use/", {"reply": reply.pk}).json()["html"] == "Hello John"


def test_agents_look_at_titles_and_supervisors_change_them(world, client, doctor):
    client.force_login(world.bob)
    assert "/titles/new/" not in html(client.get("/titles/"))
    for path in ("new", f"{doctor.pk}", f"{doctor.pk}/delete", "use"):
        assert client.post(f"/titles/{path}/", FORM).status_code == 403
