"""The signed link of a question: it answers for its case and nothing else, whoever has the mail."""

from django.core import signing
from django.urls import reverse

from cases.satisfaction.models import Survey

_SALT = "cases.satisfaction"


def path_of(survey_id: int) -> str:
    """The path of the page on which a question is answered."""
    return reverse("satisfaction_answer", args=[signing.dumps(survey_id, salt=_SALT)])


def read(token: str) -> Survey | None:
    """The question of a link that was sent; None for one that is not ours."""
    try:
        pk = int(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    sent = Survey.objects.asked().select_related("case__agreement", "contact__user", "engineer")
    return sent.filter(pk=pk).first()
