"""The widgets of forms, drawn without a template (``FORM_RENDERER``): Django goes through three for each input, and
through two for each option of a select. The HTML is the same.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.safestring import SafeString

from portal.ui.markup import joined, markup

_OF_DJANGO = "django/forms/widgets/{}.html".format
_NOTHING = SafeString("")


class Widgets(DjangoTemplates):
    """Django's renderer, but for inputs, areas of text, and selects."""

    def render(
        self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None
    ) -> str:
        """The HTML of a widget: of one that is not drawn here, or has a template of its own, by its template."""
        draw = _DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, dict(context), request)
        return draw(context["widget"])


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    return markup(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        _NOTHING if value is None else markup(' value="{}"', value),
        _attributes(widget),
    )


def _textarea(widget: Mapping[str, Any]) -> SafeString:
    return markup(
        '<textarea name="{}"{}>\n{}</textarea>',
        widget["name"],
        _attributes(widget),
        widget["value"] or _NOTHING,
    )


def _select(widget: Mapping[str, Any]) -> SafeString:
    return markup(
        '<select name="{}"{}>{}\n</select>',
        widget["name"],
        _attributes(widget),
        joined((_group(name, options) for name, options, _ in widget["optgroups"]), ""),
    )


def _group(name: Any, options: list[Mapping[str, Any]]) -> SafeString:
    drawn = joined((markup("\n  {}", _option(option)) for option in options), "")
    return markup('\n  <optgroup label="{}">{}\n  </optgroup>', name, drawn) if name else drawn


def _option(widget: Mapping[str, Any]) -> SafeString:
    return markup(
        '<option value="{}"{}>{}</option>', widget["value"], _attributes(widget), widget["label"]
    )


def _attributes(widget: Mapping[str, Any]) -> SafeString:
    """The attributes as HTML has them: one that is True stands without a value, one that is False not at all."""
    return joined(
        (
            markup(" {}", name) if value is True else markup(' {}="{}"', name, value)
            for name, value in widget["attrs"].items()
            if value is not False
        ),
        "",
    )


_INPUTS = ("checkbox", "date", "email", "hidden", "number", "password", "text", "time", "url")
_DRAWN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    **{_OF_DJANGO(name): _input for name in ("input", *_INPUTS)},
    _OF_DJANGO("textarea"): _textarea,
    _OF_DJANGO("select"): _select,
    _OF_DJANGO("select_option"): _option,
}
