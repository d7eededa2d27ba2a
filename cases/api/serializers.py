"""How cases look to machines. Every due time comes with its clause and the sum in words."""

from typing import Any

from rest_framework import serializers

from cases.case.models import Case
from cases.clocks.setting import INFORMATION_CLOCKS, OBJECTIVES, next_due_for
from cases.opening.asking import PREFIX, questions_of
from cases.opening.report import Report
from cases.products.models import Product
from portal.fields import TEXT_MOST
from portal.models import Deadline

CLOCKS = 100
"""How many clocks a case tells of at the most."""


class DeadlineSerializer(serializers.ModelSerializer):
    """A promise or an information clock."""

    class Meta:
        model = Deadline
        fields = ["kind", "due_at", "state", "met_at", "late", "clause", "words"]


class LimitationSerializer(serializers.Serializer[Any]):
    """What limits the support of a report (ATSP 4.8); an engineer decides whether it is supported all the same."""

    clause = serializers.CharField()
    words = serializers.CharField()
    decision = serializers.CharField(required=False, help_text="Once an engineer has decided.")
    reason = serializers.CharField(required=False)
    by = serializers.CharField(required=False)
    at = serializers.DateTimeField(required=False)


class CaseSerializer(serializers.ModelSerializer):
    """A case as it stands."""

    number = serializers.CharField(read_only=True)
    reseller = serializers.CharField(source="reseller.name")
    contact = serializers.CharField(source="contact.name")
    owner = serializers.CharField(source="owner.name", default=None, allow_null=True)
    product = serializers.CharField(source="product.name")
    limitations = LimitationSerializer(many=True, read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Case
        fields = [
            "number",
            "title",
            "reseller",
            "contact",
            "region",
            "product",
            "release",
            "severity",
            "requested_severity",
            "severity_confirmed",
            "awaits_call_for",
            "state",
            "owner",
            "reported_at",
            "responded_at",
            "relieved_at",
            "closed_at",
            "closure_reason",
            "closing_proposed_at",
            "closing_proposed_for",
            "closing_due_at",
            "duplicate_of",
            "status_every",
            "determination",
            "charge",
            "limitations",
            "product_answers",
            "next_due_at",
            "next_due_kind",
            "url",
        ]

    def to_representation(self, case: Case) -> dict[str, Any]:
        """The case; its next promise as the caller may know it."""
        shown = super().to_representation(case)
        due_at, kind, _ = next_due_for(case, self.context["request"].user)
        shown["next_due_at"] = (
            self.fields["next_due_at"].to_representation(due_at) if due_at else None
        )
        shown["next_due_kind"] = kind
        return shown


class CaseWithClocksSerializer(CaseSerializer):
    """A case with its clocks."""

    clocks = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = [*CaseSerializer.Meta.fields, "clocks"]

    def get_clocks(self, case: Case) -> list[dict[str, Any]]:
        """The case's promises and information clocks by due time: those that run, and the latest that ended."""
        rows = Deadline.objects.about(case).filter(kind__in=[*OBJECTIVES, *INFORMATION_CLOCKS])
        latest = rows.order_by("-unfinished", "-due_at", "-pk")[:CLOCKS]
        by_due_time = sorted(latest, key=lambda row: (row.due_at, row.pk))
        return [dict(each) for each in DeadlineSerializer(by_due_time, many=True).data]


class ReportSerializer(serializers.ModelSerializer):
    """What opening a case asks for (ATSP 5.2.3). `product` is its name; `severity` as the agreement numbers it;
    `product_answers` answers what the product itself asks, by the words of the question.
    """

    product = serializers.SlugRelatedField(slug_field="name", queryset=Product.objects.all())
    severity = serializers.IntegerField()
    product_answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=TEXT_MOST), required=False
    )

    class Meta:
        model = Case
        fields = list(Report.__dataclass_fields__)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the questions that are answered. Raises ValidationError for one that the product does not ask."""
        told = attrs.get("product_answers")
        if told and "product" not in attrs:
            raise serializers.ValidationError(
                {"product_answers": "Name the product that asks this."}
            )
        if told:
            asked = {each.words: each.key for each in questions_of(attrs["product"].pk)}
            unknown = sorted(told.keys() - asked.keys())
            if unknown:
                words = ", ".join(asked) or "nothing of its own"
                raise serializers.ValidationError(
                    {
                        "product_answers": f"{attrs['product']} does not ask “{unknown[0]}”; it asks {words}."
                    }
                )
            attrs["product_answers"] = {asked[words]: answer for words, answer in told.items()}
        return attrs

    def report(self) -> Report:
        """The report of valid data."""
        return Report(**self.validated_data)

    def typed(self) -> dict[str, Any]:
        """Valid data as the form that opens a case has it, whatever of it there is."""
        told = dict(self.validated_data)
        answers = told.pop("product_answers", {})
        if "product" in told:
            told["product"] = told["product"].pk
        return told | {f"{PREFIX}{key}": answer for key, answer in answers.items()}
