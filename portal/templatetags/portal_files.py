"""Files on pages: ``{% message_files files %}`` and ``{% file_size bytes %}``."""

from collections.abc import Sequence

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.models import Attachment, Checked
from portal.templatetags.portal_ui import NOTHING, icon, pill
from portal.ui import words
from portal.ui.markup import joined, markup

register = template.Library()
LOOKS = {
    Checked.CHECKING: ("being checked", "hourglass", "info"),
    Checked.CLEAN: ("checked", "shield-check", "success"),
    Checked.REFUSED: ("refused", "shield", "danger"),
    Checked.UNCHECKED: ("not checked", "shield", ""),
}


@register.simple_tag
def file_size(count: int) -> str:
    """A number of bytes in words."""
    return words.size(count)


@register.simple_tag
def file_state(file: Attachment) -> SafeString:
    """What the virus check says of a file, as a pill; a file that is gone says so instead."""
    if not file.is_here and file.checked != Checked.REFUSED:
        return pill("removed", "trash", "")
    look = LOOKS.get(Checked(file.checked))
    return pill(*look) if look else NOTHING


@register.simple_tag
def message_files(files: Sequence[Attachment]) -> SafeString:
    """The files of a message, each with its state, a link to its page and one to keep it; nothing without any."""
    if not files:
        return NOTHING
    return markup(
        '\n<ul class="message-files" aria-label="Files">\n{}\n</ul>', joined(map(_line, files))
    )


def _line(file: Attachment) -> SafeString:
    if not file.is_here:
        return markup(
            '<li class="message-file" data-gone>{icon}<s class="files-name">{name}</s> {state} '
            '<span class="files-size">{why}</span></li>\n',
            icon=icon("file"),
            name=file.name,
            state=file_state(file),
            why=file.found if file.checked == Checked.REFUSED else file.removed_because,
        )
    said = NOTHING if file.checked in (Checked.CLEAN, Checked.UNCHECKED) else file_state(file)
    return markup(
        '<li class="message-file">{icon}<a class="files-name" href="{page}">{name}</a> '
        '<span class="files-size">{size}</span> {state} {keep}</li>\n',
        icon=icon("photo" if file.content_type.startswith("image/") else "file"),
        page=reverse("file", args=[file.pk]),
        name=file.name,
        size=words.size(file.size),
        state=said,
        keep=format_html(
            '<a class="files-keep" href="{}">{}</a>',
            reverse("attachment", args=[file.pk]),
            icon("download", label=f"Download {file.name}"),
        ),
    )
