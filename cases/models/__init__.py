"""Tables of cases."""

from cases.models.case import Case, Replication
from cases.models.correspondence import Message, MessageKind, SubCase, Team
from cases.models.knowledge import Article
from cases.models.product import Product, Release

__all__ = [
    "Article",
    "Case",
    "Message",
    "MessageKind",
    "Product",
    "Release",
    "Replication",
    "SubCase",
    "Team",
]
