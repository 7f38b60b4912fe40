"""The API: reading."""

import json

import pytest
from django.urls import reverse
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from helpdesk.models import PredefinedReply, Status, StatusLabel
from mailgateway.models import Mailbox
from tests import make

pytestmark = pytest.mark.django_db

PASSWORD = "only the server knows this one"


def api(agent=None) -> APIClient:
    """A program with an agent's token, or a stranger's."""
    client = APIClient()
    if agent is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=agent)[0].key}")
    return client


def ids(response) -> list[int]:
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def test_an_agent_lists_only_the_threads_of_their_contacts(world):
    mine, other = make.thread(world.service), make.thread(world.accounting, sender="x@example.com")
    assert ids(api(world.bob).get("/api/threads/")) == [mine.pk]
    assert ids(api(world.alice).get("/api/threads/")) == [other.pk, mine.pk]


def test_a_stranger_gets_401_and_an_agent_of_another_contact_404(world):
    thread = make.thread(world.service)
    assert api().get(f"/api/threads/{thread.pk}/").status_code == 401
    assert api(world.charlie).get(f"/api/threads/{thread.pk}/").status_code == 404
    assert api(world.bob).get(f"/api/threads/{thread.pk}/").status_code == 200


def test_a_signed_in_agent_may_read_with_the_session(client, world):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    assert client.get(f"/api/threads/{thread.pk}/").json()["id"] == thread.pk


def test_a_session_without_the_csrf_token_changes_nothing(world):
    thread, client = make.thread(world.service), APIClient(enforce_csrf_checks=True)
    client.force_login(world.bob)
    assert client.post(f"/api/threads/{thread.pk}/status/", {"status": "closed"}).status_code == 403


def test_one_thread_comes_with_its_messages_and_events(world):
    thread = make.thread(world.service, files=(make.file(),))
    thread.note("Call the carrier", by=world.bob)
    got = api(world.bob).get(f"/api/threads/{thread.pk}/").json()
    assert [one["kind"] for one in got["messages"]] == ["customer", "note"]
    assert [one["is_public"] for one in got["messages"]] == [True, False]
    assert got["messages"][0]["attachments"][0]["name"] == "photo.txt"
    assert got["events"][0]["sentence"] == "Thread created by John Doe"
    assert got["customer"] == {"id": world.john.pk, "name": "John Doe"}
    assert "secret" not in got


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=closed", ["closed"]),
        ("status=closed&status=pending1", ["closed", "answered"]),
        ("contact=accounting", ["elsewhere"]),
        ("assignee=me", ["answered"]),
        ("unassigned=true", ["elsewhere", "closed", "fresh"]),
        ("tag=vip", ["fresh"]),
        ("needs_answer=true", ["elsewhere", "fresh"]),
        ("q=broken", ["fresh"]),
        ("q=BROKEN&status=closed", []),
        ("email=X@example.com", ["elsewhere"]),
        ("folder=spam", ["spam"]),
        ("ordering=id", ["fresh", "answered", "closed", "elsewhere"]),
    ],
)
def test_each_filter_alone_and_two_together_find_the_right_threads(world, query, found):
    made = {
        "fresh": make.thread(world.service, "My bowl is broken"),
        "answered": make.thread(world.service, sender="a@example.com"),
        "closed": make.thread(world.service, sender="b@example.com"),
        "elsewhere": make.thread(world.accounting, sender="x@example.com"),
        "spam": make.thread(world.service, sender="s@example.com", is_spam=True),
    }
    made["fresh"].set_tags(["VIP"], by=world.alice)
    made["closed"].close(by=world.alice)
    made["answered"].reply("Here", by=world.alice, then="pending1")
    got = ids(api(world.alice).get(f"/api/threads/?{query}"))
    names = {thread.pk: name for name, thread in made.items()}
    assert sorted(names[pk] for pk in got) == sorted(found)
    if "ordering" in query:
        assert got == sorted(got)


@pytest.mark.parametrize("query", ["status=done", "stauts=open", "ordering=secret", "assignee=eve", "updated_since=x"])
def test_a_filter_nobody_knows_is_refused_by_name(world, query):
    response = api(world.bob).get(f"/api/threads/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [query.partition("=")[0]]


def test_a_number_finds_its_thread(world):
    threads = [make.thread(world.service, sender=f"{n}@example.com") for n in range(3)]
    assert ids(api(world.bob).get("/api/threads/", {"q": f"#{threads[1].pk}"})) == [threads[1].pk]


def test_updated_since_lists_what_happened_after(world):
    quiet, busy = make.thread(world.service), make.thread(world.service, sender="b@example.com")
    since = quiet.events.model.objects.order_by("-at").first().at.isoformat()
    busy.note("Something new", by=world.bob)
    got = ids(api(world.bob).get("/api/threads/", {"updated_since": busy.events.last().at.isoformat()}))
    assert got == [busy.pk]
    assert busy.pk in ids(api(world.bob).get("/api/threads/", {"updated_since": since}))


def test_pages_neither_repeat_nor_miss_a_thread(world):
    made = [make.thread(world.service, sender=f"{n}@example.com").pk for n in range(5)]
    pages = [ids(api(world.bob).get(f"/api/threads/?limit=2&offset={n}")) for n in (0, 2, 4)]
    assert [pk for page in pages for pk in page] == made[::-1]


def test_a_list_of_thirty_needs_no_more_queries_than_a_list_of_one(world, django_assert_max_num_queries):
    client = api(world.bob)
    for n in range(30):
        make.thread(world.service, sender=f"{n}@example.com").set_tags([f"tag{n}"], by=world.bob)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get("/api/threads/"))) == 30


def test_one_thread_needs_a_fixed_number_of_queries(world, django_assert_max_num_queries):
    thread, client = make.thread(world.service), api(world.bob)
    for n in range(20):
        thread.note(f"Note {n}", by=world.bob, files=[make.file()])
    client.get(f"/api/threads/{thread.pk}/")
    with django_assert_max_num_queries(13):
        assert len(client.get(f"/api/threads/{thread.pk}/").json()["messages"]) == 21


@pytest.mark.row("CS8")
def test_a_renamed_status_has_its_new_label_in_the_api(world):
    StatusLabel.objects.create(status=Status.PENDING_1, labels={"en": "Supplier"}, holder="third_party")
    thread = make.thread(world.service)
    thread.set_status(Status.PENDING_1, by=world.bob)
    got = api(world.bob).get(f"/api/threads/{thread.pk}/").json()
    assert (got["status"], got["status_label"]) == ("pending1", "Supplier")
    assert got["events"][-1]["sentence"] == "Bob Agent: Open → Supplier"
    labels = {row["key"]: row["label"] for row in api(world.bob).get("/api/statuses/").json()}
    assert labels == {"open": "Open", "pending1": "Supplier", "pending2": "Pending 2", "closed": "Closed"}


def test_contacts_say_which_are_mine(world):
    got = {row["slug"]: row["is_mine"] for row in api(world.bob).get("/api/contacts/").json()}
    assert got == {"service": True, "accounting": False}


def test_predefined_replies_are_those_of_my_contacts(world):
    everywhere = PredefinedReply.objects.create(title="Hello", bodies={"en": "<p>Hello</p>"})
    theirs = PredefinedReply.objects.create(title="Invoice", bodies={"en": "<p>Invoice</p>"})
    theirs.contacts.add(world.accounting)
    got = api(world.bob).get("/api/predefined-replies/").json()
    assert [(row["id"], row["bodies"]) for row in got] == [(everywhere.pk, {"en": "<p>Hello</p>"})]
    assert api(world.bob).get("/api/predefined-replies/?contact=accounting").status_code == 404
    assert len(api(world.charlie).get("/api/predefined-replies/?contact=accounting").json()) == 2


def test_a_file_is_downloaded_never_shown_and_only_by_who_may_see_it(world):
    thread = make.thread(world.service, files=(make.file("evil.html", b"<script>1</script>", "text/html"),))
    url = api(world.bob).get(f"/api/threads/{thread.pk}/").json()["messages"][0]["attachments"][0]["url"]
    response = api(world.bob).get(url)
    assert b"".join(response.streaming_content) == b"<script>1</script>"
    assert response.headers["Content-Disposition"] == 'attachment; filename="evil.html"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert api(world.charlie).get(url).status_code == 404
    assert api().get(url).status_code == 401


@pytest.mark.row("IM1")
def test_no_answer_of_the_api_holds_a_mailbox_password(world):
    mailbox = Mailbox(name="Shop", contact=world.service, imap_host="imap.test", username="shop")
    mailbox.set_password(PASSWORD)
    mailbox.save()
    thread, client = make.thread(world.service), api(world.alice)
    names = ("thread-list", "contacts", "statuses", "agents", "predefined_replies")
    paths = [reverse(f"api:{name}") for name in names] + [f"/api/threads/{thread.pk}/", "/api/schema/?format=json"]
    for path in paths:
        body = client.get(path).content.decode()
        assert PASSWORD not in body
        assert mailbox.password_locked not in body
        assert "password" not in body.lower()


def test_the_schema_is_complete_and_valid(world):
    from drf_spectacular.validation import validate_schema

    schema = json.loads(api(world.bob).get("/api/schema/?format=json").content)
    validate_schema(schema)
    assert "/api/threads/{thread_id}/replies/" in schema["paths"]
    assert schema["info"]["title"] == "Mostrador"
    assert api().get("/api/schema/").status_code == 401


def test_a_token_is_made_and_taken_back_with_a_session_only(world):
    client = APIClient()
    client.force_login(world.bob)
    first = client.post("/api/token/").json()["token"]
    second = client.post("/api/token/").json()["token"]
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {first}")
    assert program.get("/api/threads/").status_code == 401
    program.credentials(HTTP_AUTHORIZATION=f"Token {second}")
    assert program.get("/api/threads/").status_code == 200
    assert program.post("/api/token/").status_code == 403
    assert client.delete("/api/token/").status_code == 204
    assert program.get("/api/threads/").status_code == 401


def test_an_agent_who_left_gets_nothing(world):
    client = api(world.bob)
    world.bob.is_active = False
    world.bob.save()
    assert client.get("/api/threads/").status_code == 401


@pytest.mark.browser
def test_the_api_can_be_tried_out_offline_under_the_strict_policy(world_live, sign_in):
    page = sign_in(world_live.bob, "/api/docs/")
    page.get_by_text("/api/addresses/", exact=True).first.wait_for()  # it draws what is in sight only
