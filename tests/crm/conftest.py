"""Fixtures of the tests of crm."""

from tests.crm.prestashops import alice, connection, in_json, shop

__all__ = ["alice", "connection", "in_json", "shop"]
