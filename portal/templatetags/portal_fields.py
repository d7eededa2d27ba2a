"""A field of a form as crispy draws it; ``templates/bootstrap5/field.html`` has it drawn for every form of the portal.

Crispy's own template serves layouts, horizontal forms and forms without labels, none of which the portal has, and
goes through some thirty conditions for a field. The HTML here is the same.
"""

from collections.abc import Sequence
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from portal.templatetags.portal_ui import NOTHING
from portal.ui.markup import joined, markup

register = template.Library()

_STAR = mark_safe('<span class="asteriskField">*</span>')


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """All fields of a form in their order, below what is wrong with the form as a whole."""
    wrong = render_to_string("bootstrap5/errors.html", {"form": form}) if form.errors else NOTHING
    return joined([wrong, *(_field(field, inline=True) for field in form)])


@register.simple_tag(takes_context=True)
def form_field(context: Context, field: BoundField) -> SafeString:
    """The field with its label, what is wrong with it, and its help; a hidden one alone."""
    return _field(field, inline=bool(context.get("error_text_inline")))


def _field(field: BoundField, *, inline: bool) -> SafeString:
    """The field; mistakes are phrases of a form drawn whole (`inline`), and paragraphs below a field drawn alone."""
    if field.is_hidden:
        return field.as_widget()
    if isinstance(field.field.widget, forms.CheckboxInput):
        return _checkbox(field, inline=inline)
    body = joined([_label(field), _body(field, inline=inline)])
    if field.use_fieldset and field.label:
        described = field.aria_describedby
        body = markup(
            "<fieldset{}>\n{}\n</fieldset>",
            markup(' aria-describedby="{}"', described) if described else NOTHING,
            body,
        )
    return markup(
        '<div id="div_{}" class="mb-3{}">\n{}\n</div>', field.auto_id, _more_css(field), body
    )


def _checkbox(field: BoundField, *, inline: bool) -> SafeString:
    return markup(
        '<div class="mb-3">\n<div id="div_{name}" class="form-check{css}">\n{control}\n'
        '<label for="{id}" class="form-check-label{required}">\n{label}{star}\n</label>\n{said}\n</div>\n</div>',
        name=field.auto_id,
        css=_more_css(field),
        control=_control(field, "form-check-input"),
        id=field.id_for_label,
        label=field.label,
        said=_said(field, inline=inline),
        **_required(field),
    )


def _label(field: BoundField) -> SafeString:
    if not field.label:
        return NOTHING
    return markup(
        '<{tag}{id} class="form-label{required}{size}">\n{label}{star}\n</{tag}>',
        tag="legend" if field.use_fieldset else "label",
        id=markup(' for="{}"', field.id_for_label) if field.id_for_label else NOTHING,
        size=" fs-6" if field.use_fieldset else "",
        label=field.label,
        **_required(field),
    )


def _body(field: BoundField, *, inline: bool) -> SafeString:
    """The control with what is said below it; of what is rare, crispy's template is used."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect):
        return _of_crispy("radio_checkbox_select", field, inline=inline)
    if isinstance(widget, forms.FileInput):
        return _of_crispy("field_file", field, inline=inline)
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return joined([_control(field, css), _said(field, inline=inline)])


def _of_crispy(name: str, field: BoundField, *, inline: bool) -> SafeString:
    context = {"field": field, "error_text_inline": inline, "form_show_errors": True}
    return render_to_string(f"bootstrap5/layout/{name}.html", context)


def _control(field: BoundField, css: str) -> SafeString:
    """The widget, or each of its widgets, with the class of its kind and Bootstrap's."""
    widget = field.field.widget
    wanted = (css, "is-invalid") if field.errors else (css,)
    for each in getattr(widget, "widgets", [widget]):
        each.attrs["class"] = _classes(each, wanted)
    return field.as_widget()


def _classes(widget: forms.Widget, wanted: Sequence[str]) -> str:
    own, kind = str(widget.attrs.get("class", "")), type(widget).__name__.lower()
    if kind not in own:
        own = f"{own} {kind}".strip()
    present = own.split()
    return " ".join([own, *(css for css in wanted if css not in present)])


def _said(field: BoundField, *, inline: bool) -> SafeString:
    """What is wrong with the field, then its help."""
    return joined([_mistakes(field, "span" if inline else "p"), _help(field)])


def _mistakes(field: BoundField, tag: str) -> SafeString:
    errors: Any = field.errors  # Django's stubs do not know its `field_id` yet
    if not errors:
        return NOTHING
    return markup(
        '<div id="{}_error" class="invalid-feedback">\n{}\n</div>',
        errors.field_id,
        joined(
            markup(
                '<{tag} id="error_{number}_{id}"><strong>{error}</strong></{tag}>',
                tag=tag,
                number=number,
                id=field.auto_id,
                error=error,
            )
            for number, error in enumerate(errors, 1)
        ),
    )


def _help(field: BoundField) -> SafeString:
    if not field.help_text:
        return NOTHING
    return markup(
        '<div{} class="form-text">{}</div>',
        markup(' id="{}_helptext"', field.auto_id) if field.auto_id else NOTHING,
        mark_safe(field.help_text),  # noqa: S308  # the portal's own words, as crispy takes them
    )


def _required(field: BoundField) -> dict[str, str]:
    needed = field.field.required
    return {"required": " requiredField" if needed else "", "star": _STAR if needed else NOTHING}


def _more_css(field: BoundField) -> str:
    css = field.css_classes()
    return f" {css}" if css else ""
