"""What a page's forms carry besides what is typed: what was seen, and the form's key."""

import re
from typing import Any


def carried(page: Any, act: str) -> dict[str, str]:
    """The hidden fields of an act's form on a page, by name, without the token against forgery."""
    form = re.search(rf'(?s)<form\b[^>]*data-act="{act}".*?</form>', page.content.decode())
    assert form is not None, f"the page has no form of the act {act}"
    found = re.findall(
        r'<input type="hidden" name="(seen|known|form_key)" value="([^"]*)"', form[0]
    )
    return dict(found)
