"""Canned answers: texts that the provider's people keep for what they write often, with places that a case fills."""
