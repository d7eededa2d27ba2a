"""The place where Django finds the tables of contracts. Import a model from its own slice, not from here."""

import contracts.agreements.models.agreements
import contracts.agreements.models.options
import contracts.agreements.models.signing
import contracts.billing.models.charges
import contracts.billing.models.disputes
import contracts.billing.models.invoices
import contracts.billing.models.payments
import contracts.callers.models
import contracts.coverage.models
import contracts.ending.models
import contracts.parties.models.changes
import contracts.parties.models.parties
import contracts.parties.models.provider_people
import contracts.prepaid.models.extensions
import contracts.prepaid.models.ledger
import contracts.programmes.models
import contracts.renewal.models
import contracts.roster.models.entries
import contracts.roster.models.training
import contracts.services.models.assignments
import contracts.services.models.calls
import contracts.services.models.profile
import contracts.work_orders.models  # noqa: F401 - importing the modules is what this one is for
