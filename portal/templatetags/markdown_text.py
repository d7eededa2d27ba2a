"""``{{ body|markdown }}``: what people write, as HTML (`portal.markdown`); ``{{ body|markdown_mail }}`` in a mail."""

from django import template
from django.utils.safestring import SafeString

from portal import markdown as text

register = template.Library()


@register.filter
def markdown(body: str) -> SafeString:
    """The text, read as Markdown."""
    return text.rendered(str(body or ""))


@register.filter
def as_typed(body: str) -> SafeString:
    """The text as it was typed, pasted logs folded."""
    return text.as_typed(str(body or ""))


@register.filter
def markdown_mail(body: str) -> SafeString:
    """The text, read as Markdown, with nothing folded."""
    return text.for_mail(str(body or ""))
