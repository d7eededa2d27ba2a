"""Tables of cases."""

from cases.models.bulletin import Bulletin, BulletinKind, BulletinReader, ProductInterest
from cases.models.case import Case, Replication
from cases.models.correspondence import Message, MessageKind, SubCase, Team
from cases.models.enhancement import Enhancement, EnhancementVote
from cases.models.knowledge import Article
from cases.models.product import Product, Release

__all__ = [
    "Article",
    "Bulletin",
    "BulletinKind",
    "BulletinReader",
    "Case",
    "Enhancement",
    "EnhancementVote",
    "Message",
    "MessageKind",
    "Product",
    "ProductInterest",
    "Release",
    "Replication",
    "SubCase",
    "Team",
]
