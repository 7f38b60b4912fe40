"""Fixtures of the tests of crm."""

from tests.crm.callers import call
from tests.crm.prestashops import alice, connection, in_json, shop

__all__ = ["alice", "call", "connection", "in_json", "shop"]
