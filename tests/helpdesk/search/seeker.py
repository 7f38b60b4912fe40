"""The search page as one agent sees it, and the addresses that its results lead to."""

import re
from html import unescape


class Seeker:
    """An agent at the search box."""

    def __init__(self, client, agent):
        self.client = client
        client.force_login(agent, "django.contrib.auth.backends.ModelBackend")

    def page(self, q, **more):
        response = self.client.get("/search/", {"q": q, "in": "all", **more})
        assert response.status_code == 200, response
        return unescape(response.content.decode())

    def links(self, q, **more):
        """Where the results lead, in their order."""
        rows = re.findall(r'<li[^>]*data-result>.*?<a [^>]*href="([^"]+)"', self.page(q, **more), re.DOTALL)
        return [row for row in rows if not row.startswith("/search/")]

    def counts(self, q, **more):
        found = re.findall(r">(\w+) <span class=\"num\">\s*([^<]+?)\s*</span>\s*</a>", self.page(q, **more))
        return dict(found)

    def jump(self, q):
        """Where Enter goes; empty for the page of results."""
        response = self.client.get("/search/", {"q": q})
        return response.headers.get("Location", "")


def thread_of(thread):
    return f"/threads/{thread.pk}/"


def customer_of(customer):
    return f"/customers/{customer.pk}/"
