"""The field for files that any form may have, and what keeps the files that came with a form without scripts.

What a form sends are the keys of uploads, one hidden field each; so a form that is refused shows them again, and no
byte is sent twice. A file chosen in a browser without scripts comes with the form: `keeping_files` in
`portal.files.views` makes an upload of it before the view runs, so that it outlives a refusal too.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from portal.models import Upload, User
from portal.ui.words import size as in_words

CHOSEN, PLACE = "-chosen", "-place"
"""What the names of the input for files, and of the place they are for, end with."""
MOST = 20
"""Files that one form sends."""


class FilesWidget(forms.Widget):
    """Uploads that are here, with a way to take each off, and an input for more."""

    template_name = "portal/files/field.html"
    needs_multipart_form = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.owner: User | None = None
        self.place = ""
        self.restores = False

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        """Drawn with the portal's own tags, which Django's renderer of forms does not know."""
        return render_to_string(template_name, context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The keys that were sent, but for those that were taken off."""
        if not hasattr(data, "getlist"):
            return [str(each) for each in data.get(name) or []]
        off = set(data.getlist(f"{name}-off"))
        return [key for key in data.getlist(name) if key not in off]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """No: a form without files has none."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template shows."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "uploads": self._shown(value),
            "place": self.place,
            "url": reverse("api_uploads"),
            "chunk": settings.UPLOAD_CHUNK_BYTES,
            "most": settings.FILE_MOST_BYTES,
            "most_words": in_words(settings.FILE_MOST_BYTES),
        }
        return context

    def _shown(self, value: Any) -> list[Upload]:
        if isinstance(value, list):
            return own(self.owner, value)
        if self.owner is None or not self.restores:
            return []
        return list(
            Upload.objects.visible_to(self.owner).complete().filter(place=self.place)[:MOST]
        )


class FilesField(forms.Field):
    """Files to send with a form. A page binds it to the sender and the place (`bind`); clean gives `Upload`s."""

    widget = FilesWidget

    def __init__(self, *, label: str = "Files", help_text: str = "", **options: Any) -> None:
        super().__init__(label=label, help_text=help_text, **{"required": False, **options})

    def bind(self, owner: User, place: str, *, restores: bool = False) -> None:
        """Say who sends, and from where. With `restores` a new form shows what was uploaded and not sent."""
        widget: Any = self.widget
        widget.owner, widget.place, widget.restores = owner, place, restores

    def clean(self, value: Any) -> list[Upload]:
        """The uploads of those keys, in their order. Raises ValidationError for what is not here, or not whole."""
        widget: Any = self.widget
        keys = value if isinstance(value, list) else []
        if len(keys) > MOST:
            raise ValidationError(f"{len(keys)} files: send {MOST} at once, and the others after.")
        found = own(widget.owner, keys)
        area = ":".join(widget.place.split(":")[:2])
        if len(found) < len(set(keys)) or any(
            ":".join(each.place.split(":")[:2]) != area for each in found
        ):
            raise ValidationError("A file is not here any more: choose it again.")
        for each in found:
            if not each.is_complete:
                raise ValidationError(
                    f"{each.name} is not here yet: {in_words(each.offset)} of {in_words(each.size)}. "
                    "Wait for it, or remove it."
                )
        return found


def own(owner: User | None, keys: Sequence[str]) -> list[Upload]:
    """A user's own uploads of those keys, in their order; what is no key is left out."""
    wanted = []
    for key in keys:
        try:
            wanted.append(UUID(str(key)))
        except ValueError:
            continue
    if owner is None or not wanted:
        return []
    found = Upload.objects.visible_to(owner).in_bulk(wanted[: MOST + 1])
    return [found[key] for key in dict.fromkeys(wanted) if key in found]
