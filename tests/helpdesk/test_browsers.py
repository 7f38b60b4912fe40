"""User-Agent headers in words."""

import pytest

from helpdesk.browsers import describe

CASES = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox 140 on Windows",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Safari/605.1.15": "Safari 17 on macOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1": "Safari 17 on iOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 CriOS/123.0 Mobile/15E148 "
    "Safari/604.1": "Chrome 123 on iOS",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 "
    "Chrome/117.0 Mobile Safari/537.36": "Samsung Internet 24 on Android",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Safari/537.36 "
    "Edg/125.0": "Edge 125 on Windows",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Safari/537.36 "
    "OPR/110.0": "Opera 110 on Linux",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/125.0 Safari/537.36": "Chrome 125 on ChromeOS",
    "curl/8.5.0": "",
    "<script>alert(1)</script>": "",
    "": "",
    "Mozilla/5.0 (Windows NT 10.0)": "Windows",
}


@pytest.mark.row("FO8")
@pytest.mark.parametrize("header", CASES)
def test_a_browser_is_named_with_its_system(header):
    assert describe(header) == CASES[header]


def test_a_hostile_header_takes_no_time():
    assert describe("Version/1" * 50_000) == ""
