"""Exhibit D of an on-site order, filled in, as a PDF to sign (ATSP Ex.D)."""

from contracts.billing.rules.money import money_text
from contracts.work_orders.models import WorkOrder
from portal import documents
from portal.rules.refusal import Refusal


def pdf_of(order: WorkOrder) -> bytes:
    """The exhibit with the order's fee, case number and description. Raises Refusal where none governs the work."""
    terms, programme, agreement = order.terms, order.agreement.programme, order.agreement
    if terms.exhibit is None or terms.per_day is None:
        raise Refusal(
            "No exhibit governs this work.", clause=terms.clause, way_out="On-site work has one."
        )
    exhibit = programme.clause(terms.exhibit)
    asked_on = agreement.date_at(order.asked_at)
    parts = [one for one in programme.clauses if one.id.startswith(f"{terms.exhibit} ")]
    return documents.pdf(
        "work-exhibit",
        {
            "exhibit": terms.exhibit.removeprefix(f"{programme.prefix} ").replace(
                "Ex.", "Exhibit "
            ),
            "heading": exhibit.heading.removesuffix(" (sample)"),
            "paragraphs": exhibit.text.split("\n\n"),
            "parts": [
                {
                    "number": one.id.removeprefix(f"{terms.exhibit} "),
                    "heading": one.heading,
                    "paragraphs": one.text.split("\n\n"),
                }
                for one in parts
            ],
            "form": programme.form,
            "date": [asked_on.year, asked_on.month, asked_on.day],
            "title": programme.title,
            "contract": agreement.contract_number,
            "order": order.number,
            "work": terms.name,
            "fee": f"{money_text(terms.per_day, terms.currency)} a day, plus travel and living expenses",
            "estimate": order.estimate_words,
            "case": str(order.case_number),
            "case_title": order.case_title,
            "problem": order.problem.splitlines(),
            "site": order.where,
            "authorisations": [str(one) for one in order.authorisations.all()],
            "provider": agreement.provider_name_as_signed or agreement.provider.name,
            "reseller": agreement.reseller_name_as_signed or agreement.reseller.name,
            "contact": order.contact.name,
            "engineer": order.engineer.name if order.engineer else "",
        },
    )
