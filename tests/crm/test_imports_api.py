"""Programs bring files of customers: the page's trial, the page's import, its refusals."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from crm.files import importing
from crm.models import Customer, CustomerFile, RecordEvent
from tests.crm.test_records_api import api

pytestmark = [pytest.mark.django_db, pytest.mark.row("CL9")]
PATH = "/api/records/imports/"
PEOPLE = "Nombre;Correo;Tel\nInés;ines@mail.example;600000123\nEva;eva@;\n".encode()


@pytest.fixture
def alice(world):
    return api(world.alice)


def bring(client, content: bytes = PEOPLE, name: str = "people.csv"):
    return client.post(PATH, {"file": SimpleUploadedFile(name, content)}, format="multipart")


def book() -> bytes:
    made, out = Workbook(), io.BytesIO()
    made.active.append(["email", "first name"])
    made.active.append(["kim@mail.example", "Kim"])
    made.save(out)
    return out.getvalue()


def test_a_program_brings_a_file_tries_it_and_imports_it(alice, world):
    file = bring(alice)
    assert (file.status_code, file.json()["state"], file.json()["by"]["name"]) == (201, "trying", "Alice Supervisor")
    assert file.json()["columns"] == ["first_name", "email", ""]
    path = f"{PATH}{file.json()['id']}/"
    assert alice.post(f"{path}run/").status_code == 409  # not tried yet
    importing.import_files()
    tried = alice.get(path).json()
    assert (tried["state"], tried["counts"]["created"], tried["counts"]["refused"]) == ("tried", 1, 1)
    assert not Customer.objects.for_email("ines@mail.example")
    again = alice.patch(path, {"columns": ["first_name", "email", "phone"]}, format="json")
    assert (again.status_code, again.json()["state"], again.json()["counts"]["seen"]) == (200, "trying", 0)
    importing.import_files()
    assert alice.post(f"{path}run/").json()["state"] == "importing"
    assert alice.patch(path, {"columns": ["", "email", ""]}, format="json").status_code == 409
    importing.import_files()
    assert alice.get(path).json()["state"] == "done"
    ines = Customer.objects.for_email("ines@mail.example")
    assert ines.phone == "+34600000123"
    assert RecordEvent.objects.get(kind="imported", customer=ines).by == world.alice
    [refused] = alice.get(f"{path}lines/?outcome=refused").json()["results"]
    assert (refused["number"], refused["cells"][1]) == (3, "eva@")
    assert refused["problem"]
    [made] = alice.get(f"{path}lines/?outcome=created&limit=5").json()["results"]
    assert (made["customer"], made["cells"]) == (ines.pk, [])
    assert [one["name"] for one in alice.get(PATH).json()["results"]] == ["people.csv"]
    assert alice.delete(path).status_code == 204
    assert not CustomerFile.objects.exists()
    assert Customer.objects.for_email("ines@mail.example")


def test_a_spreadsheet_comes_the_same_way(alice):
    assert bring(alice, book(), "people.xlsx").json()["headers"] == ["email", "first name"]
    importing.import_files()
    assert CustomerFile.objects.get().counts()["created"] == 1


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "a.csv"), (b"%PDF", "a.pdf"), (b"PK", "a.xlsx"), (b"email\n", "a.csv")]
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(alice, content, name):
    answer = bring(alice, content, name)
    assert (answer.status_code, list(answer.json())) == (400, ["file"])
    assert alice.post(PATH, {"file": "text"}, format="json").status_code == 400
    assert alice.post(PATH).status_code == 400
    assert not CustomerFile.objects.exists()


def test_columns_that_mean_nothing_are_refused_and_the_file_stays_as_it_is(alice):
    path = f"{PATH}{bring(alice).json()['id']}/"
    importing.import_files()
    for columns in (
        ["first_name", "", ""],  # no e-mail
        ["email", "email", ""],
        ["first_name", "email"],
        ["first_name", "email", "password"],
        "email",
        {"1": "email"},
    ):
        answer = alice.patch(path, {"columns": columns}, format="json")
        assert (answer.status_code, list(answer.json())) == (400, ["columns"]), columns
    assert CustomerFile.objects.get().state == "tried"
    assert alice.get(f"{path}lines/?outcome=x").status_code == 400
    assert alice.get(f"{PATH}{10**17}/").status_code == 404


def test_only_supervisors_import_by_program(world, alice):
    path = f"{PATH}{bring(alice).json()['id']}/"
    calls = [("get", PATH), ("post", PATH), ("get", path), ("patch", path), ("delete", path)]
    calls += [("post", f"{path}run/"), ("get", f"{path}lines/")]
    for agent, status in ((None, 401), (world.bob, 403)):
        assert {getattr(api(agent), method)(where).status_code for method, where in calls} == {status}
    assert CustomerFile.objects.exists()
