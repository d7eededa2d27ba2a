"""The place where Django finds the tables of cases. Import a model from its own slice, not from here."""

import cases.bulk.models
import cases.bulletins.models
import cases.calls.models
import cases.canned.models
import cases.case.models
import cases.conversation.models
import cases.enhancements.models
import cases.knowledge.models
import cases.meaning.models
import cases.mentions.models
import cases.presence.models
import cases.products.models
import cases.relations.models
import cases.satisfaction.models
import cases.saved.models
import cases.search.models
import cases.sub_cases.models
import cases.time_spent.models
import cases.watching.models  # noqa: F401 - importing the modules is what this one is for
