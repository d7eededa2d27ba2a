"""What search finds, for whom, and in which order."""

from typing import Any

import pytest
from django.db import connection, transaction

from cases.case.models import Case
from cases.conversation.actions import note
from cases.conversation.models import Message
from cases.report.actions import correct_report
from cases.search.alike import cases_like, keys_of_articles_like
from cases.search.finding import _alike, corrected, find, narrowed_by
from cases.search.learning import learn_words
from cases.search.models import SearchDocument, SearchWord
from cases.search.rebuilding import rebuild
from cases.search.rules import read
from cases.watching.actions import watch
from portal.files.attaching import take_away
from portal.models import Attachment
from tests.cases.search.table import MISTYPED, QUERIES, make_cases
from tests.cases.world import HOUR, NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(world: World) -> dict[str, Case]:
    return make_cases(world)


def letters(cases: dict[str, Case], keys: Any) -> str:
    """The letters of the cases of those keys, in order of the alphabet."""
    known = {case.pk: letter for letter, case in cases.items()}
    return "".join(sorted(known[key] for key in keys))


def test_a_hundred_queries_find_what_they_must_and_no_more(
    world: World, cases: dict[str, Case]
) -> None:
    assert len(QUERIES) >= 100
    wrong = []
    for text, who, expected in QUERIES:
        query = read(text)
        got = letters(cases, find(query, world.user(who), NOW).keys)
        if query.refused or got != expected:
            wrong.append((text, who, expected, got, str(query.refused or "")))
    assert not wrong, "\n".join(map(str, wrong))


def test_typing_errors_are_corrected_only_to_what_the_reader_finds(
    world: World, cases: dict[str, Case]
) -> None:
    wrong = []
    for text, who, better, expected in MISTYPED:
        made = corrected(read(text), world.user(who), NOW)
        said = made.text if made else ""
        got = letters(cases, find(made, world.user(who), NOW).keys) if made else ""
        if (said, got) != (better, expected):
            wrong.append((text, who, said, got))
    assert not wrong, "\n".join(map(str, wrong))


def test_an_exact_number_stands_first_in_any_spelling(world: World, cases: dict[str, Case]) -> None:
    number = cases["b"].number
    world.open(title=f"As in case {number}: the same again")
    for typed in (number, f"#{number}", f"case {number}", f"{number[:-3]},{number[-3:]}"):
        assert find(read(typed), world.engineer, NOW).keys[0] == cases["b"].pk, typed
    assert find(read(f"number:{number}"), world.engineer, NOW).keys == [cases["b"].pk]
    assert cases["b"].pk not in find(read(number), world.user("foreign"), NOW).keys


def test_the_title_counts_more_than_the_text_and_the_new_more_than_the_old(world: World) -> None:
    other = {"description": "Nothing of that.", "level_2_work": "None."}
    in_text = world.open(NOW - HOUR, **other | {"description": "Quorum lost."}, title="Stops")
    old = world.open(NOW - 900 * HOUR, **other, title="Quorum lost on one node")
    new = world.open(NOW - 2 * HOUR, **other, title="Quorum lost on one node")
    assert find(read("quorum"), world.engineer, NOW).keys == [new.pk, old.pk, in_text.pk]


def test_lists_are_narrowed_by_the_same_language(world: World, cases: dict[str, Case]) -> None:
    opened = Case.objects.visible_to(world.engineer).open()
    narrowed, wrong = narrowed_by("networker -owner:nobody", opened, world.engineer, NOW)
    assert wrong is None
    assert letters(cases, narrowed.values_list("pk", flat=True)) == "abc"
    narrowed, wrong = narrowed_by("colour:red", opened, world.engineer, NOW)
    assert not narrowed.exists()
    assert "There is no operator “colour:”" in str(wrong)
    assert narrowed_by("  ", opened, world.engineer, NOW)[0] is opened


def test_more_than_are_counted_still_narrow_a_list(
    world: World, cases: dict[str, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.search.finding.COUNTED", 1)
    found = find(read("networker"), world.engineer, NOW)
    assert (len(found.keys), found.more, found.in_words) == (1, True, "more than 1 cases")
    for text, expected in (("networker", "abcd"), ("networker before:2003-03-01", "d")):
        narrowed, _ = narrowed_by(
            text, Case.objects.visible_to(world.engineer), world.engineer, NOW
        )
        assert letters(cases, narrowed.values_list("pk", flat=True)) == expected


def test_words_follow_every_change_of_a_case(world: World, cases: dict[str, Case]) -> None:
    case, engineer = cases["a"], world.engineer
    foreign = world.user("foreign")

    def finds(text: str, who: Any = engineer) -> bool:
        return case.pk in find(read(text), who, NOW).keys

    assert not finds("walrus")
    Case.objects.filter(pk=case.pk).update(title="Walrus upgrade")
    assert finds("walrus")
    assert not finds('"index is empty"')
    assert finds("walrus owner:me"), "what else is known of it stays"
    note(case, by=engineer, at=NOW, body="A narwhal, rather.")
    assert finds("narwhal walrus")
    assert not finds("narwhal", world.user("technical"))
    assert finds("walrus", world.user("technical"))
    world.reply(case, NOW, body="Try the dugong patch.")
    assert finds("dugong narwhal")
    assert finds("dugong", world.user("technical"))
    assert not finds("dugong", foreign)
    Message.objects.filter(body="A narwhal, rather.").update(body="Nothing")
    assert not finds("narwhal")
    contact = case.contact
    contact.name = "Theresa Ward"
    contact.email = "theresa@meridian.example"
    contact.save(update_fields=["name", "email"])
    assert finds("theresa")
    assert not finds("tess")


def test_an_answer_put_right_is_found_as_it_is_now(world: World, cases: dict[str, Case]) -> None:
    """What the product asked, with the new answer; what was there before is in the journal only."""
    kept = [dict(each) for each in cases["a"].product_answers]
    kept[0]["answer"] = "heron-9: nothing was skipped"
    correct_report(cases["a"], by=world.engineer, at=NOW, told={"product_answers": kept})
    for who in ("engineer", "technical"):
        assert find(read("heron-9"), world.user(who), NOW).keys == [cases["a"].pk]
        assert find(read("ibex"), world.user(who), NOW).keys == []


def test_a_rebuilt_document_is_the_one_that_the_acts_wrote(
    world: World, cases: dict[str, Case]
) -> None:
    def lexemes() -> dict[tuple[int, bool], set[str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT case_id, internal, tsvector_to_array(words) FROM cases_searchdocument"
            )
            return {(case, internal): set(words) for case, internal, words in cursor.fetchall()}

    written = lexemes()
    assert len(written) == 7, "one for each case, and one more for each with notes"
    assert rebuild() == 5
    assert lexemes() == written
    SearchDocument.objects.all().delete()
    rebuild()
    assert lexemes() == written


def test_a_removed_file_is_not_found_any_more(world: World, cases: dict[str, Case]) -> None:
    assert find(read("messages log"), world.engineer, NOW).keys == [cases["b"].pk]
    file = Attachment.objects.get(name__startswith="messages")
    take_away(file, by=world.engineer, at=NOW, because="Sent by mistake.")
    assert find(read("messages log"), world.engineer, NOW).keys == []
    assert letters(cases, find(read("has:file"), world.engineer, NOW).keys) == "d"


def test_what_one_watches_is_found(world: World, cases: dict[str, Case]) -> None:
    watch(cases["e"], by=world.engineer, at=NOW)
    assert find(read("is:watched"), world.engineer, NOW).keys == [cases["e"].pk]
    assert find(read("is:watched"), world.colleague, NOW).keys == []


def test_words_are_learnt_once_and_from_messages_to_older_cases(
    world: World, cases: dict[str, Case]
) -> None:
    assert learn_words() == 0
    world.reply(cases["a"], NOW, body="The axolotl patch.")
    assert not SearchWord.objects.filter(word="axolotl").exists()
    assert learn_words() == 1
    assert SearchWord.objects.filter(word="axolotl").exists()


def test_what_narrows_a_search_is_learnt_and_never_suggested(
    world: World, cases: dict[str, Case]
) -> None:
    assert SearchWord.objects.filter(word="=l6.1.3").exists()
    assert not SearchWord.objects.filter(word="=hf").exists()
    assert not [word for word in _alike("l6.1.4") if word.startswith("=")]


def test_a_text_too_long_to_search_whole_is_kept_all_the_same(world: World) -> None:
    case = world.open()
    for turn in range(12):
        body = " ".join(f"w{turn}x{n}" for n in range(12_000))
        with transaction.atomic():
            world.reply(case, NOW, body=body)
    assert Message.objects.filter(case=case).count() == 13
    assert find(read("w0x7"), world.engineer, NOW).keys == [case.pk]


def test_commonest_words_alone_find_nothing(world: World, cases: dict[str, Case]) -> None:
    assert find(read("the"), world.engineer, NOW).keys == []
    assert find(read("the jukebox"), world.engineer, NOW).keys == [cases["c"].pk]


def test_people_who_left_find_nothing(world: World, cases: dict[str, Case]) -> None:
    world.technical.left_at = NOW - HOUR
    world.technical.save()
    assert find(read("networker"), world.user("technical"), NOW).keys == []


def test_cases_and_articles_like_a_text_are_those_that_share_its_rarest_words(
    world: World, cases: dict[str, Case]
) -> None:
    text = "Our jukebox is read twice: the inventory takes very long"
    assert cases_like(text, world.engineer)[0] == cases["c"]
    assert cases["c"] not in cases_like(text, world.user("technical"))
    assert cases_like("a firmware beyond all belief", world.engineer) == [], (
        "notes are not compared"
    )
    clone = "The clone stops at the second volume"
    assert cases_like(clone, world.user("technical")) == [cases["d"]]
    assert cases_like(clone, world.user("technical"), only_open=True) == []
    assert cases_like(clone, world.user("technical"), without=cases["d"].pk) == []
    assert cases_like("", world.engineer) == []
    known = world.article(title="Inventory of a jukebox reads twice")
    world.article(title="Another thing", symptom="Else", cause="", fix="Other")
    assert keys_of_articles_like(text, most=3) == [known.pk]
