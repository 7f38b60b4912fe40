"""Threads that are found by their words, notes and files."""

import re

import pytest

from tests import make
from tests.helpdesk.search.seeker import thread_of


@pytest.mark.row("SE8")
def test_a_word_that_only_message_14_says_finds_the_thread(world, bob):
    thread = make.thread()
    for n in range(2, 21):
        thread.receive(make.mail("ornitorrinco" if n == 14 else f"more of it, {n}"))
    make.thread()
    assert bob.links("ornitorrinco") == [thread_of(thread)]


@pytest.mark.row("SE8")
def test_notes_and_names_of_files_are_found_and_it_says_where(world, bob):
    noted, filed = make.thread(subject="One"), make.thread(subject="Two", files=(make.file("presupuesto-tazas.pdf"),))
    noted.note("Mirar el lote de octubre", by=world.bob)
    assert bob.links("lote") == [thread_of(noted)]
    assert "note by Bob Agent:" in bob.page("lote")
    assert bob.links("presupuesto") == [thread_of(filed)]
    assert "attachment “<mark>presupuesto</mark>-tazas.pdf" in re.sub(r"\s+", " ", bob.page("presupuesto"))


def test_quotes_search_literally_and_plurals_are_found_without(world, bob):
    one, many = make.thread(text="Quiero una taza azul"), make.thread(text="Quiero dos tazas, azul la caja")
    assert set(bob.links("taza azul")) == {thread_of(one), thread_of(many)}
    assert bob.links('"taza azul"') == [thread_of(one)]
    assert bob.links('"azul taza"') == []


def test_the_newest_come_first(world, bob):
    threads = [make.thread(text=f"taza {n}") for n in range(4)]
    threads[1].receive(make.mail("otra taza"))
    assert bob.links("taza") == [thread_of(threads[n]) for n in (1, 3, 2, 0)]


def test_what_a_thread_is_about_follows_every_verb(world, bob):
    thread, other = make.thread(text="hola"), make.thread(text="adios")
    thread.rename("Nuevo ornitorrinco", by=world.bob)
    assert bob.links("ornitorrinco") == [thread_of(thread)]
    merge = thread.merge_into(other, by=world.bob)
    assert bob.links("hola") == [thread_of(other)]
    other.split(merge, by=world.bob)
    assert bob.links("hola") == [thread_of(thread)]
    reply = thread.reply("Va un armadillo", by=world.bob)
    assert bob.links("armadillo") == [thread_of(thread)]
    thread.recall(reply, by=world.bob)
    assert bob.links("armadillo") == []
    thread.link(order=make.order(world.john, "MK-555"), by=world.bob)
    assert thread_of(thread) in bob.links("MK-555")
