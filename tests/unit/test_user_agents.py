"""What a browser is called, in our own words."""

import pytest

from api.http.user_agents import UNKNOWN, label_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/140.0", "Edge on Windows"),
        (IPAD, "Safari on iPad"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("Firefox/1", "Firefox"),
        ("python-httpx/0.28", UNKNOWN),
        ("<script>alert(1)</script>\u202e", UNKNOWN),
        ("x" * 100_000, UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_label_says_the_kind_of_browser_in_our_own_words(user_agent: str, label: str) -> None:
    assert label_of(user_agent) == label
