"""The house's own rules: arrows, sizes, migrations, translations, rows and the doors to a write."""

import ast
import enum
import importlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.core.management import call_command

from tests import rows

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "config", "crm", "helpdesk", "live", "mailgateway", "portal", "search")
MOST_LINES = 500
OTHERS = {"vendor", "migrations", "__pycache__"}
# Who may set a field of a thread or message: the models' verbs and the doors of mail.
# The practice shop writes a past that never happened.
WRITERS = {"config/practice", "helpdesk/models", "helpdesk/outbox.py", "helpdesk/letters", "helpdesk/intake.py"}
GUARDED = {"status", "assignee", "assignee_id", "contact_id", "folder", "holder", "needs_answer", "delivery"}
THREAD_LIKE = re.compile(r"(^|[._])(thread|message|threads|messages)$")


def sources(*folders: str, ending: str = "*.py") -> Iterator[Path]:
    """Our own files, without those made by tools."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(ending)):
            if not OTHERS & set(path.relative_to(ROOT).parts):
                yield path


def said(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_arrows_between_apps_hold():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    assert "No changes" in capsys.readouterr().out


def test_no_file_is_too_long_to_read():
    files = [*sources(*APPS, "tests"), *sources("static/js", ending="*.js"), *sources("templates", ending="*.html")]
    long = {said(path): count for path in files if (count := len(path.read_text("utf-8").splitlines())) > MOST_LINES}
    assert not long


def written_fields(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(field, line) wherever a guarded field of something called thread or message is set, or updated in bulk."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            guarded = isinstance(target, ast.Attribute) and target.attr in GUARDED
            if guarded and THREAD_LIKE.search(ast.unparse(target.value).lower()):
                yield target.attr, node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            rows_of = ast.unparse(node.func.value)
            if re.match(r"(Thread|Message)\.objects\b", rows_of):
                yield from ((word.arg, node.lineno) for word in node.keywords if word.arg in GUARDED)


def test_only_verbs_write_a_threads_fields():
    found = [
        f"{said(path)}:{line} sets {field}"
        for path in sources(*APPS)
        if not any(said(path).startswith(door) for door in WRITERS)
        for field, line in written_fields(ast.parse(path.read_text("utf-8")))
    ]
    assert not found, "Call the verb on the model instead: " + "; ".join(found)


def test_the_rule_about_writes_sees_a_bypass():
    bypass = "thread.status = 'closed'\nself.thread.assignee = None\nThread.objects.filter(pk=1).update(folder='spam')"
    assert [field for field, _ in written_fields(ast.parse(bypass))] == ["status", "assignee", "folder"]
    assert not list(written_fields(ast.parse("response.status = 1\nthread.set_status('closed', by=bob)")))


def test_templates_hold_no_inline_script_style_or_handler():
    bad = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\shx-on|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    found = {}
    for path in sources("templates", ending="*.html"):
        # Mails carry their own styles, and the frame of a mail has a policy of its own.
        if "mail/" in said(path) or said(path).endswith("thread/frame.html"):
            continue
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text("utf-8"), flags=re.DOTALL)
        if hits := [hit for hit in bad.findall(text) if "application/json" not in hit]:
            found[said(path)] = hits
    assert not found, "The policy forbids these in every browser."


def test_every_row_that_a_test_names_is_in_the_features():
    assert set(rows.collect()) <= set(rows.known())


def test_the_features_name_every_row_once():
    known = rows.known()
    assert (len(known), len(set(known))) == (233, 233)


def test_make_rows_prints_one_line_for_each_row():
    done = subprocess.run([sys.executable, "tests/rows.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == rows.known()
    assert any(
        line.startswith("ST1 covered tests/helpdesk/test_api_writes.py::test_a_status_that_is_not") for line in lines
    )


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory) -> dict[str, Catalog]:
    """The catalogs as makemessages would write them now, by language; made in a copy of the sources."""
    copy = tmp_path_factory.mktemp("sources")
    for folder in (*APPS, "templates", "locale"):
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("manage.py", "CHANGELOG.md"):
        shutil.copy(ROOT / file, copy)
    languages = sorted(path.name for path in (copy / "locale").glob("*") if path.is_dir())
    if languages:
        chosen = [part for language in languages for part in ("--locale", language)]
        command = [sys.executable, "manage.py", "makemessages", *chosen]
        environment = {**os.environ, "DATA_DIR": str(copy / "var"), "DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    files = {one: copy / "locale" / one / "LC_MESSAGES" / "django.po" for one in languages}
    return {one: read_po(io.BytesIO(path.read_bytes()), abort_invalid=True) for one, path in files.items()}


def test_every_sentence_is_translated(catalogs):
    open_ends = {
        language: [one.id for one in catalog if one.id and (one.fuzzy or not all(words(one)))]
        for language, catalog in catalogs.items()
    }
    assert not {language: ids[:20] for language, ids in open_ends.items() if ids}


def words(message: Message) -> list[str]:
    """A message's translations: one, or one for each plural form."""
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string]


def test_translations_keep_their_placeholders(catalogs):
    wrong = [
        (one.id, str(error)) for catalog in catalogs.values() for one, errors in catalog.check() for error in errors
    ]
    assert not wrong


def reasons() -> list[type[enum.Enum]]:
    """Every enum of reasons why a mail became no message."""
    found = []
    for path in sources("mailgateway", "helpdesk"):
        if re.search(r"^class (Refusal|Reason)\b", path.read_text("utf-8"), re.MULTILINE):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            found += [getattr(module, name) for name in ("Refusal", "Reason") if hasattr(module, name)]
    return found


def test_every_reason_has_a_sentence_for_people():
    silent = [
        one
        for reason in reasons()
        for one in reason
        if not str(getattr(one, "label", "") or getattr(one, "sentence", ""))
    ]
    assert not silent


def test_sentences_are_asked_for_by_names_that_makemessages_knows():
    alias = re.compile(r"import .*gettext\w* as (?!_\b)\w+")
    assert not [said(path) for path in sources(*APPS) if alias.search(path.read_text("utf-8"))]
