"""How a case's severity and state are drawn on every page."""

import pytest
from django.template import engines

from cases.case.rules.vocabulary import State
from cases.templatetags.case_state import DRAWN
from portal.ui.icons import ICONS
from tests.atsp import atsp


def render(source: str, **context: object) -> str:
    """Render template source."""
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_case_has_its_icon_and_word(state: State) -> None:
    html = render("{% case_state state %}", state=str(state))
    assert state.label.capitalize() in html
    assert DRAWN[state][0] in ICONS


def test_a_severity_has_one_name_the_one_of_its_programme() -> None:
    terms = atsp().severity(3)
    html = render("{% severity terms %}{% severity terms short=True %}", terms=terms)
    assert html.count("Medium impact") == 1
    assert html.count('data-rank="3"') == 2
