"""Searching a million messages, beside a bare query: `python tests/bench/search.py [--messages N] [--only ENGINE]`.

Makes the messages by bulk SQL, once for each database: SQLite in var/bench, PostgreSQL in a private server that is
gone afterwards. Prints p50 and p95 in milliseconds. A report, not a test.
"""

import argparse
import itertools
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
HOME = ROOT / "var" / "bench"
ROUNDS = 15
FRAGMENTS = 30_000  # pieces of text that messages are put together from, much faster than word by word
COMMON = ["pedido", "gracias", "envio", "hola", "taza", "cuenco", "envios", "factura"]
# name, who looks, what is typed. The smallest contact has one thread in 200.
CASES = (
    ("rare word", "boss", "raro777x"),
    ("common word", "boss", "pedido"),
    ("common word, still typing", "boss", "pedi"),
    ("two common words", "boss", "taza gracias"),
    ("common and rare", "boss", "pedido raro777x"),
    ("one in a hundred", "boss", "VOCAB40"),
    ("one in a thousand, typing", "boss", "VOCAB500"),
    ("literal, common", "boss", '"pedido gracias"'),
    ("nothing there", "boss", "zzzzqqq"),
    ("common, agent of one contact", "agent1", "pedido"),
    ("common, agent of the smallest", "agent2", "pedi"),
    ("rare, agent who may not see it", "agent2", "raro777x"),
)


def vocabulary(chance: random.Random) -> list[str]:
    """Forty thousand words, the common ones first."""
    made = ["".join(chance.choices("bcdfglmnprstaeiou", k=chance.randint(4, 9))) for _ in range(40_000)]
    return COMMON + made[len(COMMON) :]


def lines(messages: int, vocab: list[str], chance: random.Random) -> Iterator[tuple[int, int, str]]:
    """Message, thread and words: sixty each, as unevenly spread as in a language, and one that nobody else says."""
    from helpdesk.models.words import contact_word, folder_word
    from search.folding import age_word

    weights = list(itertools.accumulate(1 / (n + 3) for n in range(len(vocab))))
    fragments = [" ".join(chance.choices(vocab, cum_weights=weights, k=20)) for _ in range(FRAGMENTS)]
    desk = folder_word("desk")
    for n in range(1, messages + 1):
        thread = thread_of(n)
        said = " ".join(chance.choices(fragments, k=3))
        yield n, thread, f" {age_word(n)} {contact_word(contact_of(thread))} {desk} {thread} {said} raro{n}x "


def thread_of(message: int) -> int:
    """Three and a half messages each."""
    return message * 2 // 7 + 1


def contact_of(thread: int) -> int:
    """Two thirds at the first, one in 200 at the third."""
    return 3 if thread % 200 == 0 else 2 if thread % 3 == 0 else 1


def build(messages: int) -> None:
    """Tables and rows."""
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import Agent
    from helpdesk.models import Contact, Message, Thread

    call_command("migrate", verbosity=0)
    contacts = [Contact.objects.create(pk=n, slug=f"c{n}", titles={"en": f"C{n}"}) for n in (1, 2, 3)]
    Agent.objects.create(username="boss", name="Boss", role=Agent.Role.SUPERVISOR)
    for n in (1, 2):
        contacts[n].members.add(Agent.objects.create(username=f"agent{n}", name=f"Agent {n}"))
    first = Thread.objects.create(contact=contacts[0], subject="Pedido", email="ana@example.com", name="Ana Ruiz")
    said = Message.objects.create(thread=first, home=first, kind="customer", author_name="Ana Ruiz", text="-")
    chance = random.Random(5)
    load = load_postgresql if connection.vendor == "postgresql" else load_sqlite
    load(lines(messages, vocabulary(chance), chance), messages, first, said)


def copies(row: object, changes: dict[str, str]) -> tuple[str, str]:
    """Columns of a row's table, and what to select for copies of it."""
    names = [field.column for field in row._meta.concrete_fields]  # type: ignore[attr-defined]
    table = row._meta.db_table  # type: ignore[attr-defined]
    chosen = [changes.get(name, f"t.{name}") for name in names]
    return f"{table} ({', '.join(names)})", f"SELECT {', '.join(chosen)} FROM {table} t"  # noqa: S608


def rest(messages: int, first: object, said: object) -> list[str]:
    """Threads and messages, copied from one of each."""
    from django.db import connection

    last = thread_of(messages)
    text, hour = "hex(randomblob(16))", "datetime('2020-01-01', (n * 7) || ' minutes')"
    if connection.vendor == "postgresql":
        text, hour = "md5(n::text)", "timestamptz '2020-01-01' + n * interval '7 minutes'"
    contact = "CASE WHEN n % 200 = 0 THEN 3 WHEN n % 3 = 0 THEN 2 ELSE 1 END"
    series = "WITH RECURSIVE series(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM series WHERE n < {last})"
    into, chosen = copies(first, {"id": "n", "secret": text, "contact_id": contact, "active_at": hour})
    threads = f"INSERT INTO {into} {series.format(last=last)} {chosen}, series WHERE t.id = 1"
    changes = {"id": "w.message_id", "thread_id": "w.thread_id", "home_id": "w.thread_id", "text": "w.words"}
    into, chosen = copies(said, changes)
    return [threads, f"INSERT INTO {into} {chosen}, helpdesk_messagewords w WHERE t.id = 1 AND w.message_id > 1"]


def load_sqlite(rows: Iterator[tuple[int, int, str]], messages: int, first: object, said: object) -> None:
    """All words at once: the index is built at the end, and its triggers rest meanwhile."""
    from django.db import connection

    with connection.cursor() as cursor:
        raw = connection.connection
        raw.executescript("PRAGMA synchronous=off; PRAGMA foreign_keys=off; PRAGMA cache_size=-400000")
        trigger = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'helpdesk_messagewords'"
        triggers = raw.execute(trigger).fetchall()
        for name, _sql in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("BEGIN")
        raw.executemany("INSERT INTO helpdesk_messagewords (message_id, thread_id, words) VALUES (?, ?, ?)", rows)
        for statement in rest(messages, first, said):
            cursor.execute(statement)
        raw.execute("INSERT INTO helpdesk_messagewords_index(helpdesk_messagewords_index) VALUES ('rebuild')")
        for _name, sql in triggers:
            raw.execute(sql)
        raw.execute("COMMIT")
        raw.execute("ANALYZE")


def load_postgresql(rows: Iterator[tuple[int, int, str]], messages: int, first: object, said: object) -> None:
    """By COPY, without checking keys; the index afterwards."""
    from django.db import connection, transaction

    from search.schema import MAKE, UNDO

    names = {"table": "helpdesk_messagewords", "index": "helpdesk_messagewords_index", "key": "message_id"}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute(UNDO["postgresql"][0].format(**names))
        with cursor.copy("COPY helpdesk_messagewords (message_id, thread_id, words) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        for statement in rest(messages, first, said):
            cursor.execute(statement)
        cursor.execute(MAKE["postgresql"][0].format(**names))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# -- measuring ----------------------------------------------------------------------------------------------------


def took(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds: the median and the 95th percentile of several rounds."""
    work()
    clocks = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        clocks.append((time.perf_counter() - begun) * 1000)
    clocks.sort()
    return statistics.median(clocks), clocks[int(len(clocks) * 0.95)]


def floor(typed: str) -> int:
    """The barest question: the twenty newest messages with the first of the words, whoever may see them."""
    from django.db import connection

    word = typed.strip('"').split()[0]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            vector = "array_to_tsvector(string_to_array(btrim(words), ' '))"
            sql = f"SELECT message_id FROM helpdesk_messagewords WHERE {vector} @@ %s::tsquery ORDER BY 1 DESC LIMIT 20"  # noqa: S608
        else:
            index = "helpdesk_messagewords_index"
            sql = f"SELECT rowid FROM {index} WHERE {index} MATCH %s ORDER BY rowid DESC LIMIT 20"  # noqa: S608
        cursor.execute(sql, [word])
        return len(cursor.fetchall())


def report() -> None:
    """A line for each case: the search alone, the whole page, the floor."""
    from django.db import connection
    from django.test import Client

    from accounts.models import Agent
    from helpdesk import finding
    from helpdesk.models import MessageWords

    vocab = vocabulary(random.Random(5))
    count = MessageWords.objects.count()
    print(f"\n{connection.vendor}, {count:,} messages, load {os.getloadavg()[0]:.1f}; p50 / p95 ms\n")  # noqa: T201
    print("| | threads found | search | page | floor |\n|---|---|---|---|---|")  # noqa: T201
    for name, who, typed in CASES:
        word = vocab[int(typed.removeprefix("VOCAB"))] if typed.startswith("VOCAB") else typed
        agent = Agent.objects.get(username=who)
        client = Client()
        client.force_login(agent, "django.contrib.auth.backends.ModelBackend")
        found = finding.threads(agent, word, folders=("desk",), enough=50)
        said = f"{len(found.ids)}{'' if found.is_all else '+'}"
        ours = took(lambda a=agent, w=word: finding.threads(a, w, folders=("desk",), enough=50))
        page = took(lambda c=client, w=word: c.get("/search/", {"q": w, "in": "all"}))
        bare = took(lambda w=word: floor(w))
        print(f"| {name} | {said} |" + "".join(f" {a:.1f} / {b:.1f} |" for a, b in (ours, page, bare)), flush=True)  # noqa: T201


def run(engine: str, messages: int) -> None:
    """Build where needed, then measure; inside a process of its own for each database."""
    import django
    from django.db import connection

    django.setup()
    from helpdesk.models import MessageWords

    if engine == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'mostrador'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE mostrador")
    try:
        is_there = MessageWords.objects.count() == messages
    except Exception:  # noqa: BLE001 - there is not even a table
        is_there = False
    if not is_there:
        begun = time.monotonic()
        build(messages)
        print(f"Made {messages:,} messages on {engine} in {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
    report()


def main() -> None:
    """Both databases, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        run(options.inside, options.messages)
        return
    HOME.mkdir(parents=True, exist_ok=True)
    common = {"DATA_DIR": str(HOME), "DJANGO_SETTINGS_MODULE": "config.settings", "ALLOWED_HOSTS": "testserver"}
    for engine in [options.only] if options.only else ["sqlite", "postgresql"]:
        command = [sys.executable, __file__, "--inside", engine, "--messages", str(options.messages)]
        environment = {**os.environ, **common, "LOG_LEVEL": "ERROR"}
        if engine == "sqlite":
            environment["DATABASE_URL"] = f"sqlite://{HOME}/search-{options.messages}.sqlite3"
        else:
            command = [sys.executable, str(ROOT / "tests" / "servers" / "postgres.py"), *command]
        subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
