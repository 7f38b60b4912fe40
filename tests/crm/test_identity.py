"""One person, several records: suggested with reasons, merged, split again, told apart."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.identity import alike
from crm.matching import Sure
from crm.models import (
    Address,
    CartItem,
    Customer,
    CustomerGroup,
    CustomerMerge,
    CustomerNote,
    CustomerTag,
    Household,
    Order,
    RecordEvent,
    Visit,
    Voucher,
)
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def home(customer, line="C/ Mayor 8", postcode="28013", **fields):
    return Address.objects.create(
        customer=customer, line1=line, postcode=postcode, city="Madrid", country="ES", **fields
    )


def said(customer):
    return {str(one.customer): {str(sign.pattern) for sign in one.signs if sign.fits} for one in alike(customer)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ana.ruiz@gmail.com", "anaruiz+shop@googlemail.com"),
        ("ana@x.test", "ana+2@x.test"),
        ("ana@x.test", "ana@x.test"),
    ],
)
def test_addresses_that_reach_the_same_box_are_one_person(world, first, second):
    one, other = make.customer("Ana Ruiz", first), make.customer("A. Ruiz", second, is_guest=True)
    (found,) = alike(one)
    assert (found.customer, found.sure) == (other, Sure.HIGH)


def test_a_phone_however_written_speaks_for_it_and_more_so_with_the_name(world):
    one = make.customer("Ana Ruiz", "ana@x.test", phone="+34600000123")
    make.customer("Ana Ruiz Gil", "a@y.test", phone="600 000 123")
    stranger = make.customer("Luis Gil", "l@z.test")
    home(stranger, postcode="08001", mobile="600000123")
    found = alike(one)
    assert [one.customer.first_name for one in found[:1]] == ["Ana"]
    assert [likeness.sure for likeness in found] == [Sure.HIGH]


def test_the_same_name_at_the_same_address_with_an_order_of_the_same_e_mail(world):
    one, other = make.customer("Lucía Fernández", "lucia@x.test"), make.customer("Lucia Fdez.", "lf@y.test")
    home(one, "C/ Mayor, 8", last_name="Fernández", first_name="Lucía")
    home(other, "c/ mayor 8", last_name="Fernandez", first_name="Lucia")
    make.order(other, email="LUCIA@x.test".lower())
    (found,) = alike(one)
    assert found.customer == other
    assert {"The same address", "Ordered with the same e-mail: %(word)s"} <= {str(sign.pattern) for sign in found.signs}


def test_an_order_made_with_a_box_that_is_written_with_dots_is_found(world):
    one, other = make.customer("Ana Ruiz", "ana.ruiz@gmail.com"), make.customer("Nana", "n@y.test")
    make.order(other, email="ana.ruiz@gmail.com")
    assert [likeness.customer for likeness in alike(one)] == [other]


def test_a_name_is_the_same_without_accents_and_in_another_order(world):
    one, other = make.customer("Lucía Fernández", "l@x.test"), make.customer("fernandez lucia", "f@y.test")
    assert [likeness.customer for likeness in alike(one)] == [other]


def test_neighbours_and_namesakes_are_not_the_same(world):
    one = make.customer("Ana Ruiz", "ana@x.test", birthday=date(1990, 1, 1))
    home(one)
    home(make.customer("Luis Gil", "luis@y.test"))  # the same house, another name
    make.customer("Ana Ruiz", "other@z.test", birthday=date(1970, 5, 5))  # the same name, another birthday
    assert alike(one) == []


def test_nobody_gone_and_nobody_told_apart_is_suggested(world, bob):
    one, two, gone = (
        make.customer("Ana Ruiz", address) for address in ("a@gmail.com", "a+1@gmail.com", "a+2@gmail.com")
    )
    Customer.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    assert list(said(one)) == ["Ana Ruiz"]
    bob.post(f"/customers/{one.pk}/different/", {"other": two.pk})
    assert (alike(one), alike(two)) == ([], [])


def test_the_number_of_queries_does_not_grow(world, django_assert_max_num_queries):
    one = make.customer("Ana Ruiz", "a@gmail.com", phone="+34600000123")
    for n in range(30):
        home(make.customer("Ana Ruiz", f"a+{n}@gmail.com", phone="600000123"))
    with django_assert_max_num_queries(14):
        assert alike(one)


def test_customer_page_and_panel_suggest_the_same_person_with_reasons(world, bob):
    other = make.customer("John B. Doe", "john+shop@example.com")
    for page in (
        bob.get(f"/customers/{world.john.pk}/people/").content.decode(),
        bob.get(f"/threads/{make.thread().pk}/panel/").content.decode(),
    ):
        for words in (
            "John B. Doe",
            "The same e-mail",
            f"/customers/{world.john.pk}/merge/?with={other.pk}",
            "Not the same",
        ):
            assert words in page, words


# -- merging ----------------------------------------------------------------------------------------


@pytest.fixture
def pair(world):
    """Two records with everything a record can have; returns who stays and who goes."""
    kept = make.customer("Lucía Fernández", "lucia@x.test", phone="+34600000123", language="es", newsletter=True)
    gone = make.customer("Lucia Fdez.", "lf@y.test", phone="+34600000987", company="Barro, S.L.", do_not_contact=True)
    Customer.objects.filter(pk=gone.pk).update(registered_at=datetime(2020, 1, 1, tzinfo=UTC), newsletter=False)
    gone.refresh_from_db()
    make.order(kept), make.order(gone)
    make.cart(gone).replace_lines([CartItem("Taza", 1, Decimal(14))])
    home(gone)
    for one, text in ((kept, "Mine"), (gone, "Theirs")):
        CustomerNote.objects.create(customer=one, author=world.bob, text=text, is_pinned=True)
    kept.tags.add(CustomerTag.objects.create(name="VIP"))
    gone.tags.add(CustomerTag.objects.get(name="VIP"), CustomerTag.objects.create(name="Club"))
    gone.groups.add(CustomerGroup.objects.create(name="Mayorista"))
    gone.household = Household.objects.create(name="La boda")
    gone.save()
    Voucher.objects.create(customer=gone, code="GRACIAS")
    Visit.objects.create(customer=gone)
    gone.links.create(name="Fotos", url="https://x.test/")
    make.thread(sender="lf@y.test", subject="An old matter")
    Order.objects.add_up([kept.pk, gone.pk])
    return kept, gone


def state(customer):
    """All that can be seen of a record."""
    customer = Customer.objects.get(pk=customer.pk)
    rows = (
        "orders",
        "carts",
        "addresses",
        "notes",
        "vouchers",
        "visits",
        "links",
        "emails",
        "tags",
        "groups",
        "threads",
    )
    fields = {field.attname: getattr(customer, field.attname) for field in Customer._meta.concrete_fields}
    for changing in ("version", "updated_at"):
        del fields[changing]
    pinned = list(customer.notes.filter(is_pinned=True).values_list("pk", flat=True))
    mains = list(customer.emails.filter(is_main=True).values_list("address", flat=True))
    return fields, {name: sorted(getattr(customer, name).values_list("pk", flat=True)) for name in rows}, pinned, mains


def test_merging_moves_everything_and_splitting_puts_exactly_that_back(world, pair):
    kept, gone = pair
    before = state(kept), state(gone)
    merge = kept.absorb(gone, by=world.bob, take={"phone": "gone", "name": "kept"})
    fields, rows, _pinned, mains = state(kept)
    assert {name: len(ids) for name, ids in rows.items()} == {
        "orders": 2,
        "carts": 1,
        "addresses": 1,
        "notes": 2,
        "vouchers": 1,
        "visits": 1,
        "links": 1,
        "emails": 2,
        "tags": 2,
        "groups": 1,
        "threads": 1,
    }
    assert mains == ["lucia@x.test"]
    assert (fields["phone"], fields["last_name"], fields["company"]) == ("+34600000987", "Fernández", "Barro, S.L.")
    assert (fields["order_count"], fields["registered_at"].year) == (2, 2020)
    merge.split(by=world.alice)
    assert (state(kept), state(gone)) == before


def test_the_stricter_consent_wins_and_that_is_written_down(world, pair):
    kept, gone = pair
    kept.absorb(gone, by=world.bob)
    kept.refresh_from_db()
    assert (kept.newsletter, kept.do_not_contact) == (False, True)
    assert kept.consents.filter(kind="newsletter", given=False, by=world.bob).exists()


def test_what_came_after_a_merge_stays_and_a_field_changed_since_is_left(world, pair):
    kept, gone = pair
    merge = kept.absorb(gone, by=world.bob, take={"phone": "gone"})
    order = make.order(kept)
    kept.refresh_from_db()
    kept.edit({"phone": "+34600111222"}, by=world.bob)
    merge.split(by=world.bob)
    kept.refresh_from_db()
    assert order in kept.orders.all()
    assert kept.phone == "+34600111222"


def test_both_stories_tell_it_and_the_old_page_leads_on(world, bob, pair):
    kept, gone = pair
    kept.absorb(gone, by=world.bob)
    assert RecordEvent.objects.filter(kind="merged", customer=kept, by=world.bob).exists()
    assert bob.get(f"/customers/{gone.pk}/").headers["Location"] == f"/customers/{kept.pk}/"
    assert "set customer to Lucía" in " ".join(event.sentence for event in kept.threads.get().events.all())
    assert Customer.objects.for_email("lf@y.test") == kept


def test_it_is_too_late_after_as_many_days_as_the_bin_keeps(world, pair):
    merge = pair[0].absorb(pair[1], by=world.bob)
    CustomerMerge.objects.filter(pk=merge.pk).update(at=timezone.now() - timedelta(days=31))
    with pytest.raises(ValueError, match="no longer"):
        merge.split(by=world.bob)


def test_merges_in_a_row_are_split_in_the_opposite_order(world):
    one, two, three = (make.customer("Ana Ruiz", f"{n}@x.test") for n in range(3))
    first = two.absorb(three, by=world.bob)
    second = one.absorb(two, by=world.bob)
    three.refresh_from_db()
    assert three.merged_into == one
    with pytest.raises(ValueError, match="no longer"):
        first.split(by=world.bob)
    second.split(by=world.bob)
    first.refresh_from_db()
    first.split(by=world.bob)
    assert Customer.objects.present().filter(pk__in=[one.pk, two.pk, three.pk]).count() == 3


def test_a_record_is_not_merged_with_itself_or_one_that_is_gone(world):
    one, two = make.customer("Ana Ruiz", "1@x.test"), make.customer("Ana Ruiz", "2@x.test")
    with pytest.raises(ValueError, match="the same one"):
        one.absorb(one, by=world.bob)
    Customer.objects.filter(pk=two.pk).update(erased_at=timezone.now())
    with pytest.raises(ValueError, match="no longer there"):
        one.absorb(two, by=world.bob)


def test_the_dialog_shows_where_they_differ_and_what_moves_and_does_it(world, bob, pair):
    kept, gone = pair
    page = bob.get(f"/customers/{kept.pk}/merge/?with={gone.pk}").content.decode()
    for words in (
        *(
            "+34 600000123",
            "+34600000987",
            "Lucia Fdez.",
            "La boda",
            "1 order",
            "1 cart",
            "1 address",
            "Tags: Club, VIP",
        ),
        *("Will be <b>No</b>", "Will be <b>Yes</b>", "Swap", "Does not move", "lf@y.test"),
    ):
        assert words.replace("+34 ", "+34") in page, words
    answer = bob.post(f"/customers/{kept.pk}/merges/", {"gone": gone.pk, "phone": "gone"}, follow=True)
    assert f"{gone.pk} is now part of {kept.pk}" in answer.content.decode()
    kept.refresh_from_db()
    assert kept.phone == "+34600000987"
    merge = CustomerMerge.objects.get()
    assert "Split again" in bob.get(f"/customers/{kept.pk}/people/").content.decode()
    bob.post(f"/customers/{kept.pk}/merges/{merge.pk}/split/")
    kept.refresh_from_db()
    assert kept.phone == "+34600000123"


def test_whom_to_merge_with_is_found_by_number_or_address(world, bob, pair):
    kept, gone = pair
    for asked in (gone.pk, "LF@y.test"):
        assert "Lucia Fdez." in bob.get(f"/customers/{kept.pk}/merge/?with={asked}").content.decode()
    assert "No customer has" in bob.get(f"/customers/{kept.pk}/merge/?with=nobody@x.test").content.decode()
    assert "the same one" in bob.get(f"/customers/{kept.pk}/merge/?with={kept.pk}").content.decode()
    assert "With whom is" in bob.get(f"/customers/{kept.pk}/merge/").content.decode()


def test_strangers_merge_nobody(world, client, pair):
    kept, gone = pair
    assert client.post(f"/customers/{kept.pk}/merges/", {"gone": gone.pk}).status_code == 302
    assert not CustomerMerge.objects.exists()
