"""Folded templates show what plain ones show, in each language."""

import copy
import re

import pytest

from tests import make

PAGES = ["/", "/threads/{thread}/", "/customers/", "/customers/{john}/", "/carts/", "/settings/desk/", "/search/?q=order"]
# What is another one in each answer: proofs against forgery, keys of composers, the seconds of an age.
CHANGING = re.compile(r'"X-CSRFToken": "\w+"|value="\w{64}"|value="[0-9a-f]{32}"|nonce-[\w+/=]+')


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_folded_page_is_the_same_page(world, client, settings, language):
    thread = make.thread(world.service)
    make.order(world.john)
    client.force_login(world.alice)
    world.alice.language = language
    world.alice.save()

    def drawn(path: str) -> str:
        answer = client.get(path.format(thread=thread.pk, john=world.john.pk))
        assert answer.status_code == 200
        return CHANGING.sub("", answer.content.decode())

    folded = [drawn(path) for path in PAGES]
    plain = copy.deepcopy(settings.TEMPLATES)
    plain[0]["OPTIONS"]["loaders"] = [
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = plain
    for path, one in zip(PAGES, folded, strict=True):
        assert drawn(path).split() == one.split(), path
