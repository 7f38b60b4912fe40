"""The list of customers: columns, filters, figures, switches, row actions, export."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from crm.models import Consent, Customer, CustomerGroup, RecordEvent, RecordSettings, Shop, SocialTitle, TitleUse, Visit
from tests import make
from tests.loops import run


@pytest.fixture
def bob(world, client):
    """Bob signed in."""
    client.force_login(world.bob)
    return client


def shown(client, query: str = "") -> str:
    """The page of the list."""
    response = client.get(f"/customers/{query}")
    assert response.status_code == 200
    return response.content.decode()


def listed(client, query: str = "") -> list[str]:
    """The names in the rows, in order."""
    return re.findall(r"data-opens-row>(.*?)</a>", shown(client, query))


def change(customer: Customer, **fields) -> Customer:
    """Make the record what a test needs, without a story."""
    Customer.objects.filter(pk=customer.pk).update(**fields)
    customer.refresh_from_db()
    return customer


@pytest.mark.row("CL1")
def test_a_row_shows_every_column_and_a_dash_for_who_never_bought(world, bob):
    settings = RecordSettings.fresh()
    settings.business, settings.title_use = True, TitleUse.TEAM
    settings.save()
    shop = Shop.objects.create(name="Taller Norte")
    Shop.objects.create(name="Taller Sur")
    title = SocialTitle.objects.create(names={"en": "Ms", "es": "Sra."})
    seen = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
    ada = make.customer(
        "Ada Byron",
        "ada@x.test",
        title=title,
        company="Engines Ltd",
        group=CustomerGroup.fixed("customer"),
        birthday=date(1990, 1, 1),
        newsletter=True,
        registered_at=datetime(2025, 3, 4, 12, tzinfo=UTC),
        visited_at=seen,
        source=shop,
    )
    ada.tag("VIP", by=world.bob)
    make.order(ada, total=Decimal("1086.40"))
    Customer.orders.rel.related_model.objects.add_up([ada.pk])
    head, row = shown(bob, "?name=ada").split("<tbody>")
    assert '<abbr title="Title">' in head
    assert re.search(r'class="on-phone"[^>]*>\s*<a [^>]*>\s*Last visit', head)
    assert 'class="num on-phone"' in row
    for said in (
        str(ada.pk),
        "Ms",
        "Ada Byron",
        "ada@x.test",
        "Engines Ltd",
        "VIP",
        "Customer",
        "€1,086.40",
        "Taller Norte",
    ):
        assert said in row, said
    assert re.search(r"3 Nov|Nov 3|03/11|11/03|3 nov", row)
    assert row.count('aria-checked="true"') == 2
    assert row.count('aria-checked="false"') == 1
    plain = shown(bob, "?name=john").split("<tbody>")[1]
    assert "—" in plain
    assert "€" not in plain


@pytest.mark.row("CL2")
def test_filters_of_the_address_are_combined_and_reset_brings_everybody_back(world, bob):
    for n, (newsletter, registered) in enumerate([(True, 2026), (True, 2025), (False, 2026)]):
        made = make.customer(f"P{n} X", f"p{n}@x.test", registered_at=datetime(registered, 5, 1, tzinfo=UTC))
        change(made, newsletter=newsletter)
    query = "?newsletter=1&registered_from=2026-01-01"
    assert listed(bob, query) == ["P0 X"]
    assert listed(bob, query) == ["P0 X"]
    page = shown(bob, query)
    assert "Newsletter: Yes" in page
    assert 'value="2026-01-01"' in page
    assert '<a class="btn btn--link" href="/customers/">Clear filters</a>' in page
    assert len(listed(bob)) == 4


@pytest.mark.row("CL2")
def test_each_column_narrows_by_its_own_kind_of_filter(world, bob):
    today = timezone.localdate()
    title = SocialTitle.objects.create(names={"en": "Ms"})
    group = CustomerGroup.objects.create(name="Wholesale")
    settings = RecordSettings.fresh()
    settings.business, settings.title_use = True, TitleUse.TEAM
    settings.save()
    ada = make.customer("Ada Byron", "ada@x.test", company="Engines", title=title, group=group, language="fr")
    change(
        ada,
        birthday=today.replace(year=today.year - 30) - timedelta(days=1),
        visited_at=datetime(2026, 11, 3, 23, 30, tzinfo=UTC),
        order_count=3,
        spent=Decimal("20.50"),
        open_threads=2,
        is_active=False,
        partner_offers=True,
    )
    own = [f"id={ada.pk}", f"title={title.pk}", "name=byron+ada", "name=ada@", "company=engin", f"group={group.pk}"]
    own += ["age_from=30&age_to=30", "visited_from=2026-11-03", "visited_from=3/11/2026&visited_to=2026-11-04"]
    own += ["orders_from=3", "sales_from=20,5&sales_to=21", "threads_from=1", "active=0", "offers=1", "language=fr"]
    own += [f"birthday_to={today.year - 30}-12-31", "q=engines", f"q=%23{ada.pk}", "q=byron+ada@x"]
    for query in own:
        assert listed(bob, f"?{query}") == ["Ada Byron"], query
    for query in (
        "age_from=31",
        "age_to=29",
        "visited_to=2026-11-02",
        "sales_from=21",
        "orders_to=2&name=ada",
        "q=ada+nobody",
    ):
        assert "Ada Byron" not in listed(bob, f"?{query}"), query


@pytest.mark.row("CL2")
def test_what_cannot_be_read_is_told_kept_and_does_not_narrow(world, bob):
    for query, sentence in (
        ("id=abc", "“abc” under “No.” is not a whole number."),
        ("age_from=old", "“old” under “Age” is not a number."),
        ("sales_to=1e999999", "is not a number"),
        ("registered_from=2026-02-30", "is not a date like 2026-11-30"),
        ("newsletter=maybe", "is neither 1 (yes) nor 0 (no)"),
        ("group=999", "There is no “999” to choose under “Group”"),
        ("tag=nothing", "There is no tag “nothing”."),
        ("sort=password", "cannot be sorted by “password”"),
    ):
        page = shown(bob, f"?{query}")
        assert sentence.replace("“", "“") in page, query
        assert "John Doe" in page, query
        typed = query.partition("=")[2]
        assert typed in page.split("<thead", 1)[1] or query.startswith(("tag", "sort", "sales_to")), query


@pytest.mark.row("CL2")
def test_only_supervisors_find_customers_by_ip(world, client):
    Visit.objects.create(customer=world.john, ip_address="203.0.113.9")
    client.force_login(world.alice)
    assert listed(client, "?q=203.0.113.9") == ["John Doe"]
    client.force_login(world.bob)
    assert listed(client, "?q=203.0.113.9") == []


@pytest.mark.row("AR26")
def test_tags_in_the_address_mean_and_or_and_not(world, bob):
    tagged = {"Ana A": ["boda"], "Bea B": ["boda", "pagado"], "Cleo C": ["feria"], "Dora D": []}
    for name, words in tagged.items():
        customer = make.customer(name, f"{name[:3].lower()}@x.test")
        for word in words:
            customer.tag(word, by=world.bob)
    names = sorted
    assert names(listed(bob, "?tag=boda&tag=-pagado")) == ["Ana A"]
    assert names(listed(bob, "?tag=boda,feria")) == ["Ana A", "Bea B", "Cleo C"]
    assert names(listed(bob, "?tag=boda&tag=pagado")) == ["Bea B"]
    assert names(listed(bob, "?tag=-boda,feria&name=D")) == ["Dora D", "John Doe"]
    assert "Without tag: pagado" in shown(bob, "?tag=boda&tag=-pagado")
    assert 'href="/customers/?tag=boda"' in shown(bob, "?tag=boda&tag=-pagado")


@pytest.mark.row("CL14")
def test_each_tile_leads_to_a_list_of_just_so_many_rows(world, bob):
    for n in range(12):
        made = make.customer(f"P{n} X", f"p{n}@x.test", registered_at=datetime(2020, 1, 1, tzinfo=UTC))
        change(
            made, newsletter=n < 5, open_threads=n % 3, is_active=n != 4, birthday=date(1990, 6, 1) if n < 7 else None
        )
    tiles = re.findall(
        r'class="list-tile" href="(.*?)".*?<span>(.*?)</span><b class="num">\s*(\d+)', shown(bob), re.DOTALL
    )
    assert [label for _url, label, _n in tiles] == [
        "Customers", "With open threads", "New in 30 days", "Newsletter", "Accounts disabled", "Average age",
    ]  # fmt: skip
    for url, label, n in tiles:
        count = len(listed(bob, url.replace("/customers/", "").replace("&amp;", "&")))
        assert count == (7 if label == "Average age" else int(n)), label
    assert int(tiles[-1][2]) in {timezone.localdate().year - 1990, timezone.localdate().year - 1991}


@pytest.mark.row("CL4")
def test_an_account_is_switched_in_place_and_off_asks_first(world, bob):
    john, url = world.john, f"/customers/{world.john.pk}/account/"
    asked = bob.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Disable John Doe?" in asked
    john.refresh_from_db()
    assert john.is_active
    row = bob.post(url, {"on": "0"}, headers={"HX-Request": "true"})
    assert row.headers["HX-Retarget"] == f"#row-{john.pk}"
    assert 'aria-checked="false" aria-label="Account of John Doe enabled"' in row.content.decode()
    john.refresh_from_db()
    assert not john.is_active
    assert john.history.first().history_user == world.bob
    assert "enabled" in bob.get(f"/customers/{john.pk}/history/").content.decode().lower()
    plain = bob.post(url, {"on": "1", "next": "/customers/?sort=id"})
    assert (plain.status_code, plain.url) == (303, "/customers/?sort=id")
    john.refresh_from_db()
    assert john.is_active


@pytest.mark.row("CL5")
@pytest.mark.parametrize(("kind", "field"), [("newsletter", "newsletter"), ("offers", "partner_offers")])
def test_nobody_is_written_up_for_mails_without_saying_how_they_asked(world, bob, kind, field):
    url = f"/customers/{world.john.pk}/consents/{kind}/"
    for given in ({"on": "1"}, {"on": "1", "source": "phone"}, {"on": "1", "source": "shop", "detail": "yes"}):
        refused = bob.post(url, given)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.content.decode()
        world.john.refresh_from_db()
        assert not getattr(world.john, field)
    assert bob.post(url, {"on": "1", "source": "phone", "detail": "Wants news of new glazes"}).status_code == 303
    world.john.refresh_from_db()
    assert getattr(world.john, field)
    consent = Consent.objects.get(customer=world.john)
    assert (consent.kind, consent.given, consent.source, consent.by) == (kind, True, "phone", world.bob)
    assert bob.post(url, {"on": "0"}).status_code == 303
    world.john.refresh_from_db()
    assert not getattr(world.john, field)
    assert Consent.objects.filter(customer=world.john, given=False, source="team").exists()
    assert bob.get(f"/customers/{world.john.pk}/consents/nonsense/").status_code == 404


@pytest.mark.row("CL6")
@pytest.mark.row("AR7")
def test_a_row_leads_to_all_that_can_be_done_with_a_customer(world, client):
    client.force_login(world.alice)
    row = shown(client).split("<tbody>")[1]
    john = world.john.pk
    for address in (f"/customers/{john}/", f"/customers/{john}/orders/", f"/customers/{john}/history/"):
        assert f'href="{address}"' in row, address
    for address in (f"/customers/{john}/edit/", f"/customers/{john}/delete/"):
        assert f'href="{address}"' in row, address
    assert row.count(f'href="{reverse("helpdesk:write_mail")}?customer={john}') >= 2


@pytest.mark.row("AR1")
def test_the_customers_are_one_click_from_every_page(world, bob):
    for path in ("/", "/customers/", f"/customers/{world.john.pk}/", "/notices/", "/profile/"):
        page = bob.get(path).content.decode()
        assert page.count('href="/customers/"') >= 2, path  # beside the queue, and at the foot of a phone
        assert 'data-shortcut="go-customers"' in page, path


# -- export ---------------------------------------------------------------------------------------


def download(client, **fields) -> bytes:
    """The file that the export gives."""
    response = client.post(
        "/customers/export/", {"all": "1", "filters": "", "columns": ["id", "name", "sales"], **fields}
    )
    assert response.status_code == 200
    assert response.streaming
    assert response.headers["Cache-Control"] == "no-store"
    return b"".join(response.streaming_content)


@pytest.mark.row("CL8")
@pytest.mark.row("AR27")
def test_the_export_holds_exactly_the_filtered_rows_as_harmless_text_and_is_written_down(world, bob):
    for name in ("=1+1 Evil", "+cmd Evil", "-x Evil", "@x Evil", "Nice One"):
        change(make.customer(name, "e@x.test"), newsletter=name != "Nice One", spent=Decimal("-3.50"))
    data = download(bob, filters="newsletter=1&sort=name", bom="1")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["No.", "Customer", "Sales"]
    assert sorted(row[1] for row in rows[1:]) == sorted(["'=1+1 Evil", "'+cmd Evil", "'-x Evil", "'@x Evil"])
    assert {row[2] for row in rows[1:]} == {"-3.50"}
    event = RecordEvent.objects.get(kind="exported")
    assert (event.by, event.data["rows"], event.data["filters"]) == (world.bob, 4, "newsletter=1&sort=name")
    assert not download(bob).startswith(b"\xef\xbb\xbf")
    assert b";" in download(bob, separator="semicolon")


@pytest.mark.row("AR27")
def test_the_spreadsheet_holds_text_as_text_and_the_chosen_columns(world, bob):
    change(world.john, first_name="=1+1", last_name="\x01Doe", spent=Decimal("12.50"))
    book = openpyxl.load_workbook(io.BytesIO(download(bob, kind="xlsx", columns=["name", "email", "sales", "active"])))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[0] == ["Customer", "E-mail", "Sales", "Enabled"]
    assert rows[1] == ["=1+1 Doe", "john@example.com", 12.5, "Yes"]
    assert book.active["A2"].data_type == "s"


@pytest.mark.row("CL8")
def test_the_ticked_rows_alone_are_exported_and_nothing_without_columns(world, bob):
    make.customer("Other One", "o@x.test")
    data = download(bob, all="", ids=[world.john.pk])
    assert data.decode().count("\r\n") == 2
    assert "John Doe" in data.decode()
    refused = bob.post("/customers/export/", {"all": "1"})
    assert refused.status_code == 400
    assert "at least one column" in refused.content.decode()
    page = bob.get("/customers/export/?all=1&filters=newsletter%3D1").content.decode()
    assert "Newsletter: Yes" in page


def test_the_export_streams_off_the_loop_under_asgi(world_live):
    async def fetch() -> bytes:
        client = AsyncClient()
        await client.aforce_login(world_live.bob)
        response = await client.post("/customers/export/", {"all": "1", "columns": ["name"]})
        return b"".join([piece async for piece in response.streaming_content])

    assert b"John Doe" in run(fetch)


@pytest.mark.row("CL13")
def test_the_list_takes_as_many_queries_for_50_rows_as_for_one(world, bob, django_assert_max_num_queries, seconds_pass):
    shown(bob)
    for n in range(60):
        make.customer(f"P{n} X", f"p{n}@x.test").tag(f"t{n % 3}", by=world.bob)
    for query in ("?sort=-visited", "?tag=t1&newsletter=0&sort=sales"):
        shown(bob, query)
        seconds_pass()
        with django_assert_max_num_queries(15):
            shown(bob, query)


def test_strangers_are_asked_to_sign_in(world, client):
    for path in (
        "/customers/",
        "/customers/export/",
        "/customers/bulk/?do=tags",
        f"/customers/{world.john.pk}/account/",
    ):
        assert client.get(path).status_code == 302, path
