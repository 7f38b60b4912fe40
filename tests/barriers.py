"""What keeps somebody from using a page, as axe sees it: by day and, for colours, by night.

By night a phone's pages are looked at where they have what a desk's have not: its bar. Their other colours are those
of the same pages on a desk.
"""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

PHONE = 600  # pixels wide at most
RUN = """async ([where, options]) => {
  const found = await axe.run(where, { resultTypes: ["violations"], preload: false, ...options });
  return found.violations.map((one) => [one.id, ...one.nodes.map((node) => node.html.slice(0, 200))]);
}"""


def barriers(page: Page) -> list[list[str]]:
    """Each broken rule with the elements that break it, empty if there are none. The page is left in the light."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found: list[list[str]] = page.evaluate(RUN, ["html", {}])
    where = ".tabbar" if page.evaluate("innerWidth") <= PHONE else "html"
    if not page.locator(where).count():
        return found
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [["in the dark", *one] for one in page.evaluate(RUN, [where, {"runOnly": ["color-contrast"]}])]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found
