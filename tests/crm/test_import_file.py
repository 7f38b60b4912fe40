"""Customers from a spreadsheet: tried first, imported then, by e-mail, each line once."""

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from crm.files import columns, importing
from crm.models import Customer, CustomerFile, RecordEvent
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.row("CL9")]
PAGE = "/customers/import/"
PEOPLE = """Nombre;Apellidos;Correo electrónico;Teléfono;Fecha de nacimiento;Notas
Inés;Vidal;ines@mail.example;600 000 123;02/04/1988;=1+1
O'Brien;;OBRIEN@mail.example;;;
John;Doe;john@example.com;;;
"""


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client


def bring(client, content: bytes | str, name: str = "clientes.csv"):
    data = content.encode() if isinstance(content, str) else content
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)})


def brought(client, content: bytes | str, name: str = "clientes.csv") -> CustomerFile:
    assert bring(client, content, name).status_code == 303
    return CustomerFile.objects.first()


def counts(file: CustomerFile) -> dict[str, int]:
    return {name: n for name, n in file.counts().items() if n and name not in ("all", "seen")}


def imported(client, content: bytes | str, name: str = "clientes.csv") -> CustomerFile:
    file = brought(client, content, name)
    importing.import_files()
    client.post(f"{PAGE}{file.pk}/run/")
    importing.import_files()
    return file


def book(*rows: list) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def test_a_trial_says_what_would_be_and_saves_nothing(alice, world):
    file = brought(alice, PEOPLE)
    assert file.columns == ["first_name", "last_name", "email", "phone", "birthday", ""]
    before = Customer.history.count()
    importing.import_files()
    file.refresh_from_db()
    assert file.state == "tried"
    assert counts(file) == {"created": 2, "unchanged": 1}
    assert Customer.objects.count() == 1
    assert Customer.history.count() == before
    assert not RecordEvent.objects.filter(kind="imported").exists()
    assert "Import them" in alice.get(f"{PAGE}{file.pk}/").content.decode()


def test_the_same_file_twice_makes_nobody_twice(alice, world, django_capture_on_commit_callbacks):
    assert counts(imported(alice, PEOPLE)) == {"created": 2, "unchanged": 1}
    ines = Customer.objects.for_email("ines@mail.example")
    assert (ines.name, ines.phone, ines.birthday.isoformat()) == ("Inés Vidal", "+34600000123", "1988-04-02")
    assert Customer.objects.for_email("obrien@mail.example").first_name == "O'Brien"
    assert counts(imported(alice, PEOPLE)) == {"unchanged": 3}
    assert Customer.objects.count() == 3
    told = RecordEvent.objects.filter(kind="imported")
    assert told.exclude(customer=None).count() == 2
    assert [one.data["created"] for one in told.filter(customer=None).order_by("pk")] == [2, 0]
    assert {one.by for one in told} == {world.alice}


def test_a_known_customer_is_changed_by_what_the_cells_say(alice, world):
    group = world.john.groups.model.objects.create(name="Talleres")
    file = imported(alice, "email,surname,group\nJOHN@example.com,,talleres\n")
    john = Customer.objects.get(pk=world.john.pk)
    assert counts(file) == {"changed": 1}
    assert (john.last_name, john.group) == ("Doe", group)
    assert group in john.all_groups()


def test_lines_that_cannot_be_taken_are_a_file_with_reasons_that_runs_nothing(alice, world):
    gone = make.customer("Gone Away", "gone@mail.example")
    gone.trash(by=world.alice)
    file = imported(
        alice,
        "email,first name,phone,birthday,group\n"
        "=cmd|x,Eve,,,\n"
        "ana@mail.example,Ana,12,,\n"
        "bea@mail.example,Bea,,31/02/1990,\n"
        "cid@mail.example,Cid,,,Nobody knows\n"
        ",Dan,,,\n"
        "gone@mail.example,Gone,,,\n"
        "eli@mail.example,Eli,,,\n"
        "ELI@mail.example,Eli again,,,\n"
        f"fay@mail.example,{'F' * 300},,,\n",
    )
    assert counts(file) == {"refused": 8, "created": 1}
    answer = alice.get(f"{PAGE}{file.pk}/problems/")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["email", "first name", "phone", "birthday", "group", "Line", "Problem"]
    assert rows[1][0] == "'=cmd|x"
    assert [row[5] for row in rows[1:]] == ["2", "3", "4", "5", "6", "7", "9", "10"]
    assert all(row[6] for row in rows[1:])
    assert "attachment" in answer["Content-Disposition"]
    assert imported(alice, answer.content).counts()["created"] == 0  # mended or not, it can be brought again


def test_columns_that_are_not_recognised_are_told_by_hand(alice, world):
    file = brought(alice, "Who,Where\nAna,ana@mail.example\n")
    importing.import_files()
    page = alice.get(f"{PAGE}{file.pk}/").content.decode()
    assert "Say which column holds the e-mail" in page
    assert alice.post(f"{PAGE}{file.pk}/run/").status_code == 400
    assert alice.post(f"{PAGE}{file.pk}/columns/", {"column-0": "password"}).status_code == 400
    chosen = {"column-0": "first_name", "column-1": "email"}
    assert alice.post(f"{PAGE}{file.pk}/columns/", chosen).status_code == 303
    importing.import_files()
    assert counts(file) == {"created": 1}
    alice.post(f"{PAGE}{file.pk}/run/")
    importing.import_files()
    assert Customer.objects.for_email("ana@mail.example").first_name == "Ana"
    assert alice.post(f"{PAGE}{file.pk}/columns/", chosen).status_code == 303  # too late: nothing begins anew
    assert CustomerFile.objects.get(pk=file.pk).state == "done"


def test_a_spreadsheet_of_excel_and_old_text_are_read(alice, world):
    day = timezone.datetime(1990, 5, 6)
    rows = book(["E-mail", "Teléfono", "Birthday"], [], ["ana@mail.example", 600000123.0, day])
    assert counts(imported(alice, rows, "people.xlsx")) == {"created": 1}
    ana = Customer.objects.for_email("ana@mail.example")
    assert (ana.phone, ana.birthday.isoformat()) == ("+34600000123", "1990-05-06")
    old = "Correo;Nombre\r\nnono@mail.example;Ñoño\r\n".encode("cp1252")
    assert counts(imported(alice, old)) == {"created": 1}
    assert Customer.objects.for_email("nono@mail.example").first_name == "Ñoño"


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_example_has_columns_that_are_all_understood_and_can_be_brought_as_it_is(alice, world, language):
    alice.post("/language/", {"language": language})
    assert f"{PAGE}example/" in alice.get(PAGE).content.decode()
    answer = alice.get(f"{PAGE}example/")
    assert "attachment" in answer["Content-Disposition"]
    file = imported(alice, answer.content)
    assert file.columns == [field for field, _label in columns.choices() if field]
    assert counts(file) == {"created": 1}
    ana = Customer.objects.for_email("ana.example@example.com")
    assert (ana.first_name, ana.birthday.year, ana.group.key, ana.phone[:3]) == ("Ana", 1988, "customer", "+34")


def test_the_practice_file_has_lines_of_every_kind(alice, world, settings):
    settings.PRACTICE = True
    make.customer("Lea Known", "lea@mail.example")
    assert "Download the practice file" in alice.get(PAGE).content.decode()
    file = imported(alice, alice.get(f"{PAGE}example/").content)
    assert counts(file) == {"created": 1, "changed": 1, "unchanged": 1, "refused": 4}
    assert len({line.problem for line in file.lines.filter(outcome="refused")}) == 4


def traps() -> dict[str, tuple[str, bytes]]:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (61 * 1024 * 1024))
    entities = io.BytesIO()
    sound = zipfile.ZipFile(io.BytesIO(book(["email"], ["a@mail.example"])))
    with zipfile.ZipFile(entities, "w") as archive:
        for part in sound.namelist():
            before = b'<!DOCTYPE x [<!ENTITY a "b">]>' if "sheet1" in part else b""
            archive.writestr(part, before + sound.read(part))
    return {
        "nothing": ("a.csv", b""),
        "headers only": ("a.csv", b"email,name\n"),
        "another kind": ("a.pdf", b"%PDF"),
        "no book": ("a.xlsx", b"PK no book"),
        "a bomb": ("a.xlsx", bomb.getvalue()),
        "entities": ("a.xlsx", entities.getvalue()),
        "binary": ("a.csv", b"email\n\x00\x01\x81\n"),
        "too large": ("a.csv", b"email\n" + b"a" * (5 * 1024 * 1024)),
        "too many lines": ("a.csv", b"email\n" + b"a@b.example\n" * 5001),
        "too many columns": ("a.csv", b",".join([b"email"] * 61) + b"\nx\n"),
    }


def test_what_cannot_be_read_is_refused_with_a_sentence(alice, world):
    for what, (name, content) in traps().items():
        answer = bring(alice, content, name)
        assert answer.status_code == 400, what
        assert 'class="err"' in answer.content.decode(), what
    assert alice.post(PAGE).status_code == 400
    assert not CustomerFile.objects.exists()


def test_a_worker_that_dies_leaves_nothing_half_done(alice, world, monkeypatch):
    people = "email,name\n" + "".join(f"p{n}@mail.example,P\n" for n in range(6))
    file = brought(alice, people)
    importing.import_files()
    alice.post(f"{PAGE}{file.pk}/run/")

    class Killed(BaseException):
        pass

    note, seen = importing.Run._note, []

    def dying(self, line):
        seen.append(line)
        if len(seen) == 4:
            raise Killed
        note(self, line)

    monkeypatch.setattr(importing.Run, "_note", dying)
    with pytest.raises(Killed):
        importing.import_files()
    assert Customer.objects.count() == 1 + 3
    monkeypatch.undo()
    assert importing.import_files() == 0  # the dead one's lease still holds
    CustomerFile.objects.update(leased_until=timezone.now())
    assert importing.import_files() == 3
    assert counts(file) == {"created": 6}
    assert Customer.objects.count() == 1 + 6


def test_erasing_a_customer_takes_the_line_along_and_deleting_the_file_leaves_customers(alice, world):
    file = imported(alice, PEOPLE)
    refused = brought(alice, "email,phone\nines@mail.example,12\n")
    importing.import_files()
    Customer.objects.for_email("ines@mail.example").erase(by=world.alice)
    assert not refused.lines.exists()
    assert file.lines.count() == 2
    assert alice.post(f"{PAGE}{file.pk}/delete/").status_code == 303
    assert Customer.objects.filter(first_name="O'Brien").exists()


def test_only_supervisors_import(client, world):
    assert client.get(PAGE).status_code == 302
    client.force_login(world.bob)
    assert client.get(f"{PAGE}example/").status_code == 403
    assert bring(client, PEOPLE).status_code == 403
    assert PAGE not in client.get("/customers/").content.decode()
    client.force_login(world.alice)
    assert PAGE in client.get("/customers/").content.decode()
