"""The form by which a contract administrator offers a programme file."""

from typing import Any

from django import forms

from portal.rules import limits

MOST_BYTES = 500 * limits.KB


class ProgrammeFileForm(forms.Form):
    """A TOML file, or its text as it was corrected on the page. `text` holds what is checked, whichever it came by."""

    file = forms.FileField(
        required=False,
        label="Programme file",
        help_text="A TOML file of at most 500 kB; it takes the place of the text below.",
        widget=forms.ClearableFileInput(attrs={"accept": ".toml,application/toml,text/plain"}),
    )
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        label="Text of the file",
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "programme-text"}),
    )
    name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput())

    def clean_file(self) -> Any:
        """Refuse what is too large or no text: a renamed picture is none."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > MOST_BYTES:
            told = limits.too_large("The file", file.size, MOST_BYTES)
            raise forms.ValidationError(f"{told} A programme is text of a few pages.")
        try:
            self.read = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(
                "The file is not UTF-8 text. Save the programme as a TOML text file and send it again."
            ) from error
        if "\0" in self.read:
            raise forms.ValidationError("The file is not text. Send a TOML text file.")
        return file

    def clean(self) -> dict[str, Any]:
        """Take the file's text and name where a file was sent."""
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is not None:
            cleaned["text"], cleaned["name"] = self.read, file.name
        cleaned["text"] = cleaned.get("text", "").replace("\r\n", "\n")
        cleaned["name"] = cleaned.get("name") or "programme.toml"
        if not self.errors and not cleaned["text"].strip():
            self.add_error("file", "Choose a file, or write the terms below.")
        return cleaned
