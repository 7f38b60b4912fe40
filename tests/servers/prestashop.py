"""A simulated PrestaShop: its web service as published, with its oddities, over tables that a test fills."""

import base64
import json
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SINGLE = {
    "addresses": "address",
    "countries": "country",
    "currencies": "currency",
    "order_histories": "order_history",
}
DATED = {"customers", "addresses", "groups", "carts", "orders", "products", "cart_rules"}
DATED |= {"customer_threads", "customer_messages"}
NOTHING = (0, "0", "", None)
Row = dict[str, Any]


class Refused(Exception):
    """An answer in the web service's manner."""

    def __init__(self, status: int, *errors: tuple[int, str]) -> None:
        self.status, self.errors = status, errors

    def said(self, *, in_json: bool) -> bytes:
        """The body."""
        if in_json:
            return json.dumps({"errors": [{"code": code, "message": said} for code, said in self.errors]}).encode()
        words = "".join(
            f"<error><code><![CDATA[{code}]]></code><message><![CDATA[{said}]]></message></error>"
            for code, said in self.errors
        )
        return envelope(f"<errors>{words}</errors>")


@dataclass
class PrestaShopServer:
    """`tables` hold rows by resource; texts by language are dicts, lists of parts are lists of dicts."""

    url: str = ""
    version: str = "8.2.1"
    tables: dict[str, list[Row]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)  # resources that the key may not read
    broken: set[tuple[str, int]] = field(default_factory=set)  # rows that the shop stumbles over
    instead: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)  # answers of other machines
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    methods: set[str] = field(default_factory=set)

    def add(self, resource: str, **row: Any) -> Row:
        """A row in a table."""
        self.tables.setdefault(resource, []).append(row)
        return row

    def row(self, resource: str, number: int) -> Row:
        """One row, to be changed."""
        return next(one for one in self.tables[resource] if one["id"] == number)

    # -- answers ----------------------------------------------------------------------------------

    def answer(self, path: str, query: dict[str, str], key: str | None) -> tuple[int, bytes]:
        """Status and body of one question."""
        if key is None:
            return 401, b"401 Unauthorized"
        in_json = query.get("output_format", query.get("io_format")) == "JSON"  # exactly so, else XML
        try:
            return self._answer(path, query, key, in_json=in_json)
        except Refused as refusal:
            return refusal.status, refusal.said(in_json=in_json)

    def _answer(self, path: str, query: dict[str, str], key: str, *, in_json: bool) -> tuple[int, bytes]:
        if key != KEY:
            raise Refused(401, (20, "Invalid authentication key format"), (21, "Authentication key does not exist"))
        if not path:
            return (500, b"") if in_json else (200, envelope(self._root()))  # JSON breaks at the root
        resource, _slash, number = path.partition("/")
        if resource in self.forbidden:
            raise Refused(401, (26, f'Resource of type "{resource}" is not allowed with this authentication key'))
        if resource not in self.tables:
            raise Refused(400, (27, f'Resource of type "{resource}" does not exists. Did you mean: "customers"?'))
        if number:
            return self._one(resource, int(number), query, in_json=in_json)
        rows, fields = self._list(resource, query)
        return 200, self._listed_in_json(resource, rows, fields) if in_json else listed(resource, rows, fields)

    def _root(self) -> str:
        names = sorted(self.tables.keys() - self.forbidden)
        said = "".join(f'<{name} xlink:href="{self.url}{name}" get="true" put="false" head="true"/>' for name in names)
        return f'<api shopName="Taller">{said}</api>'

    def _listed_in_json(self, resource: str, rows: list[Row], fields: dict[str, list[str]] | None) -> bytes:
        """Without objects it is an empty list, not a list under a name."""
        said = [self._json(row, fields) for row in rows]
        return json.dumps({resource: said} if said else []).encode()

    def _json(self, row: Row, fields: dict[str, list[str]] | None) -> dict[str, Any]:
        """Numbers are texts but for the id, and on 8.0 and 8.1 they are numbers; one language is a plain text."""
        plain: dict[str, Any] = {}
        parts: dict[str, Any] = {}
        for name, value in row.items():
            if fields is not None and name not in fields:
                continue
            if isinstance(value, list):
                parts |= {name: self._json_parts(value, (fields or {}).get(name, ()))} if value else {}
            elif isinstance(value, dict):
                spoken = [{"id": str(number), "value": text} for number, text in value.items()]
                plain[name] = spoken if len(self.tables["languages"]) > 1 else next(iter(value.values()))
            else:
                plain[name] = value if name == "id" or self.version.startswith(("8.0", "8.1")) else str(value)
        return plain | ({"associations": parts} if parts else {})

    def _json_parts(self, rows: list[Row], wanted: Any) -> list[dict[str, Any]]:
        return [{name: str(value) for name, value in row.items() if not wanted or name in wanted} for row in rows]

    def _one(self, resource: str, number: int, query: dict[str, str], *, in_json: bool) -> tuple[int, bytes]:
        rows = [row for row in self.tables[resource] if row["id"] == number]
        if not rows:
            return 404, b""
        self._stumble(resource, rows)
        row = dict(rows[0])
        combination = query.get("price[desk][product_attribute]", "0")
        if "price[desk][use_tax]" in query:
            row["desk"] = row.get("prices", {}).get(combination, row.get("price", "0"))
        row.pop("prices", None)
        if in_json:  # of a single object 8 and 9 leave out all that is nothing
            row = {name: value for name, value in row.items() if value not in NOTHING or self.version.startswith("1.7")}
            return 200, json.dumps({single(resource): self._json(row, None)}).encode()
        return 200, envelope(xml(single(resource), row, None))

    def _stumble(self, resource: str, rows: list[Row]) -> None:
        if any((resource, row["id"]) in self.broken for row in rows):
            raise Refused(500, (3, "[PHP Notice #8] Undefined index: name (classes/webservice, line 1)"))

    def _list(self, resource: str, query: dict[str, str]) -> tuple[list[Row], dict[str, list[str]] | None]:
        rows = list(self.tables[resource])
        random.Random(len(rows)).shuffle(rows)
        for name, value in query.items():
            if found := re.fullmatch(r"filter\[(\w+)\]", name):
                rows = filtered(resource, rows, found[1], value, has_date=query.get("date") == "1")
        for name, direction in reversed(re.findall(r"(\w+)_(ASC|DESC)", query.get("sort", ""))):
            if name == "date_upd" and query.get("date") != "1":
                raise Refused(400, (32, "This filter does not exist"))
            rows.sort(key=lambda row, name=name: row[name], reverse=direction == "DESC")
        offset, _comma, count = query.get("limit", "0,1000000").rpartition(",")
        rows = rows[int(offset or 0) : int(offset or 0) + int(count)]
        display = query.get("display", "[id]")
        fields = None if display == "full" else shown(display)
        if fields is None or set(fields) != {"id"}:
            self._stumble(resource, rows)
        if fields and rows and (wrong := set(fields) - set(rows[0]) - {"date_upd"}):
            raise Refused(400, (35, f"Unable to display this field ({', '.join(sorted(wrong))})."))
        return rows, fields


def listed(resource: str, rows: list[Row], fields: dict[str, list[str]] | None) -> bytes:
    """A list in XML."""
    said = "".join(xml(single(resource), row, fields) for row in rows)
    return envelope(f"<{resource}>{said}</{resource}>")


def single(resource: str) -> str:
    """The node of one object."""
    return SINGLE.get(resource, resource[:-1])


def envelope(said: str) -> bytes:
    """As every answer begins."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">'
    return f"{head}\n{said}\n</prestashop>\n".encode()


def shown(display: str) -> dict[str, list[str]]:
    """The fields of `[id,cart_rows[id_product,quantity]]`, with those of parts."""
    found = re.findall(r"(\w+)(?:\[([^\]]*)\])?", display[1:-1])
    return {name: parts.split(",") if parts else [] for name, parts in found}


def filtered(resource: str, rows: list[Row], name: str, value: str, *, has_date: bool) -> list[Row]:
    """The forms of filters; an interval holds both its ends, and one with a "T" finds nothing."""
    if name == "date_upd" and not has_date:
        raise Refused(400, (32, "This filter does not exist"))
    if name == "date_upd" and resource not in DATED:
        raise Refused(500, (97, "SQL Error"))
    if value.startswith(">["):
        return [row for row in rows if int(row[name]) > int(value[2:-1])]
    inside = value.strip("[]")
    if re.fullmatch(r"[\d.: -]+,[\d.: -]+", inside):
        low, high = inside.split(",")
        return [row for row in rows if low <= str(row[name]) <= high]
    return [row for row in rows if str(row[name]) in inside.split("|")]


def xml(node: str, row: Row, fields: dict[str, list[str]] | None) -> str:
    """One object; its own order of fields, not ours. Zeros and blanks are there, links on ids that are not zero."""
    plain, parts = "", ""
    for name, value in row.items():
        if fields is not None and name not in fields:
            continue
        if isinstance(value, list):
            one = {"cart_rows": "cart_row", "order_rows": "order_row"}.get(name, name[:-1])
            wanted = {sub: [] for sub in fields[name]} if fields and fields[name] else None
            inner = "".join(xml(one, part, wanted) for part in value)
            parts += f'<{name} nodeType="{one}" virtualEntity="true">{inner}</{name}>'
        elif isinstance(value, dict):
            inner = "".join(f'<language id="{number}"><![CDATA[{text}]]></language>' for number, text in value.items())
            plain += f"<{name}>{inner}</{name}>"
        else:
            link = f' xlink:href="https://shop.example/api/{name}/{value}"' if name.startswith("id_") and value else ""
            plain += f"<{name}{link}><![CDATA[{value}]]></{name}>"
    return f"<{node}>{plain}{f'<associations>{parts}</associations>' if parts else ''}</{node}>"


@pytest.fixture
def prestashop() -> Iterator[PrestaShopServer]:
    """Runs on loopback for one test, with the small tables of a new shop."""
    shop = PrestaShopServer()
    furnish(shop)
    server = serve(shop)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield shop
    server.shutdown()
    server.server_close()
    thread.join()


def serve(shop: PrestaShopServer, port: int = 0) -> ThreadingHTTPServer:
    """A server on loopback that is not running yet; the shop knows its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop.methods.add(self.command)
            url = urlsplit(self.path)
            path, query = url.path.removeprefix("/api/"), dict(parse_qsl(url.query))
            if form := self.headers.get("Output-Format"):
                query.setdefault("output_format", form)
            shop.asked.append((path, query))
            headers = {"Content-Type": "text/xml;charset=utf-8", "PSWS-Version": shop.version}
            if shop.instead:
                status, headers, body = shop.instead.pop(0)
            else:
                status, body = shop.answer(path, query, self._key())
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

        def _key(self) -> str | None:
            kind, _blank, secret = self.headers.get("Authorization", "").partition(" ")
            return base64.b64decode(secret).decode().removesuffix(":") if kind == "Basic" else None

        def log_message(self, *words: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    shop.url = f"http://127.0.0.1:{server.server_port}/api/"
    return server


def furnish(shop: PrestaShopServer) -> None:
    """What every shop has from the beginning."""
    shop.add("languages", id=1, iso_code="es")
    shop.add("languages", id=2, iso_code="en")
    shop.add("currencies", id=1, iso_code="EUR")
    shop.add("countries", id=6, iso_code="ES")
    shop.add("states", id=320, name="Barcelona")
    shop.add("carriers", id=2, name="Mensajería", url="https://track.example/?n=@")
    names = [("Visitante", "Visitor"), ("Invitado", "Guest"), ("Cliente", "Customer"), ("Talleres", "Workshops")]
    for number, (spanish, english) in enumerate(names, start=1):
        shop.add(
            "groups",
            id=number,
            reduction="10.00" if number == 4 else "0.00",
            price_display_method=int(number == 4),
            show_prices=1,
            date_upd="2026-01-01 10:00:00",
            name={1: spanish, 2: english},
        )
    for number, spanish, shipped in ((2, "Pago aceptado", 0), (4, "Enviado", 1), (5, "Entregado", 1)):
        shop.add(
            "order_states",
            id=number,
            unremovable=1,
            color="#25b9d7",
            shipped=shipped,
            name={1: spanish, 2: f"State {number}"},
        )
    shop.add("contacts", id=2, email="tienda@shop.example", name={1: "Atención al cliente", 2: "Customer care"})
    shop.add("employees", id=1, lastname="Ruiz", firstname="Marta", email="marta@shop.example", passwd="secret")
    for empty in ("customers", "addresses", "cart_rules", "carts", "orders", "order_histories"):
        shop.tables[empty] = []
    shop.tables |= {"customer_threads": [], "customer_messages": []}
    shop.add("products", id=12, reference="JA", price="32.97", prices={"34": "39.900000"}, name={1: "Jarra", 2: "Jug"})
    shop.add("combinations", id=34, reference="JA-L")
