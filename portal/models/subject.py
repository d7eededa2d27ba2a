"""Rows about something: how the journal, deadlines and notices name the thing they are about."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models import Q


class SubjectKey(NamedTuple):
    """The name of a subject: its model ("cases.case") and its primary key."""

    subject_type: str
    subject_id: int


def key_of(subject: models.Model | SubjectKey) -> SubjectKey:
    """The key of a saved model instance (or the key itself). Raises ValueError when it is not saved."""
    if isinstance(subject, SubjectKey):
        return subject
    if subject.pk is None:
        raise ValueError(
            f"a {subject._meta.verbose_name} that is not saved: nothing can be about it"
        )
    return SubjectKey(subject._meta.label_lower, subject.pk)


class AboutQuerySet(models.QuerySet[Any]):
    """Selects rows about something."""

    def about(self, subject: models.Model | SubjectKey) -> Self:
        """Rows about one subject."""
        key = key_of(subject)
        return self.filter(subject_type=key.subject_type, subject_id=key.subject_id)

    def about_all(self, subjects: "Iterable[models.Model | SubjectKey]") -> Self:
        """Rows about any of several subjects, of whatever models."""
        ids: dict[str, list[int]] = defaultdict(list)
        for subject in subjects:
            key = key_of(subject)
            ids[key.subject_type].append(key.subject_id)
        if not ids:
            return self.none()
        wanted = Q()
        for subject_type, subject_ids in ids.items():
            wanted |= Q(subject_type=subject_type, subject_id__in=subject_ids)
        return self.filter(wanted)

    def about_any(self, subject_type: str, ids: Any) -> Self:
        """Rows about any of several subjects of one model."""
        return self.filter(subject_type=subject_type, subject_id__in=ids)


class About(models.Model):
    """A row about a subject."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()

    class Meta:
        abstract = True

    @property
    def subject(self) -> SubjectKey:
        """The key of what the row is about."""
        return SubjectKey(self.subject_type, self.subject_id)
