"""What working together leaves behind, for the access matrix."""

import datetime as dt
from typing import Any

from cases.canned.actions import keep
from cases.conversation.actions import add_information
from cases.relations.actions import relate
from cases.relations.merging import merge
from cases.relations.models import Kind
from cases.relations.splitting import splittable
from cases.time_spent.actions import note_time
from cases.watching.actions import watch
from cases.watching.models import Watch
from tests.access.actors import Actor


def write_together(world: Any, side: Any, now: dt.datetime) -> None:
    """A case that was written on, is watched and related; one that was merged; another team's part; time spent."""
    cse, contact = world.base.cse, side.contact.user
    engineer, talked = world.people[Actor.CSE], side.cases["talked"]
    add_information(talked, by=contact, at=now, body="Besides, the door jams.")
    watch(talked, by=engineer, at=now)
    if side is world.mti:
        watch(talked, by=world.people[Actor.ADMINISTRATIVE], at=now)
    asked = side.cases["asked"]
    relation = relate(talked, asked, kind=Kind.SAME_SITE, reason="One room.", by=cse, at=now)
    merge(side.cases["merged"], side.cases["limited"], by=contact, at=now)
    spent = note_time(talked, by=engineer, at=now, minutes=10, what="The trace")
    answer = keep(
        None,
        title=f"In work, {contact.name}",
        body="Dear {contact}, we are at work on case {case}.",
        shared=True,
        by=engineer,
        at=now,
    )
    sub_case = side.cases["critical"].sub_cases.get()
    side.things |= {
        "message": (splittable(talked)[0].pk,),
        "relation": (relation.pk,),
        "sub-case": (sub_case.pk,),
        "sub-case act": (sub_case.pk, "take-on"),
        "time": (spent.pk,),
        "canned answer": (answer.pk,),
        "canned answer act": (answer.pk, "retire"),
        "watch": (Watch.objects.filter(case=talked).earliest("pk").leave_path.split("/")[-2],),
    }
