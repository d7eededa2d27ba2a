"""What a program is told of a report, before and as its case is opened: the same as the page tells."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.api.serializers import CaseWithClocksSerializer, LimitationSerializer
from cases.opening.alike import Alike
from cases.opening.checking import Checked
from portal.rules.refusal import Refusal


class FixSerializer(serializers.Serializer[Any]):
    """An article whose published Fix may answer the report."""

    number = serializers.CharField()
    title = serializers.CharField()
    product = serializers.CharField(source="product.name")
    symptom = serializers.CharField()
    cause = serializers.CharField()
    fix = serializers.CharField()
    fix_published_at = serializers.DateTimeField()


class CaseLikeItSerializer(serializers.Serializer[Any]):
    """An open case of the caller's own company that is like the report."""

    number = serializers.CharField()
    title = serializers.CharField()
    product = serializers.CharField(source="product.name")
    release = serializers.CharField()
    end_user = serializers.CharField()
    state = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url")


class OpenedCaseSerializer(CaseWithClocksSerializer):
    """A case that was just opened, with what may answer it already, the best match first, at most three of each."""

    fixes = serializers.SerializerMethodField()
    cases_like_it = serializers.SerializerMethodField()

    class Meta(CaseWithClocksSerializer.Meta):
        fields = [*CaseWithClocksSerializer.Meta.fields, "fixes", "cases_like_it"]

    @extend_schema_field(FixSerializer(many=True))
    def get_fixes(self, case: Any) -> Any:
        """Published Fixes that match the report."""
        return FixSerializer(self.context["alike"].articles, many=True).data

    @extend_schema_field(CaseLikeItSerializer(many=True))
    def get_cases_like_it(self, case: Any) -> Any:
        """Open cases of one's own company like it."""
        return CaseLikeItSerializer(self.context["alike"].cases, many=True).data


class RefusalSerializer(serializers.Serializer[Any]):
    """Why the case would be refused, under which clause, and what to do instead."""

    refused = serializers.CharField(source="sentence")
    clause = serializers.CharField()
    way_out = serializers.CharField()
    field = serializers.CharField(allow_null=True)


class CheckedReportSerializer(serializers.Serializer[Any]):
    """What can be told of a report before its case is opened. Nothing of the report is kept."""

    limitations = LimitationSerializer(many=True, help_text="They refuse nothing (ATSP 4.8).")
    refusals = RefusalSerializer(many=True, help_text="What stands against opening the case.")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Fields that still need an answer (ATSP 5.2.3)."
    )
    wrong = serializers.DictField(
        child=serializers.CharField(), help_text="Fields that need another look, and why."
    )
    asked_at_once = serializers.ListField(
        child=serializers.CharField(),
        help_text="What the product needs and is left blank: it is asked for as the case opens (D-20).",
    )
    fixes = FixSerializer(many=True)
    cases_like_it = CaseLikeItSerializer(many=True)


def told(checked: Checked, refusals: tuple[Refusal, ...], found: Alike) -> dict[str, Any]:
    """The answer to a report that was checked, as `CheckedReportSerializer` writes it."""
    also = (checked.objection,) if checked.objection and checked.objection not in refusals else ()
    return {
        "limitations": checked.limits,
        "refusals": [*refusals, *also],
        "missing": [field.name for field in checked.lacks],
        "wrong": {field.name: words for field, words in checked.wrong},
        "asked_at_once": checked.blanks,
        "fixes": found.articles,
        "cases_like_it": found.cases,
    }
