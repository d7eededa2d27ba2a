"""Who is found by what is said on the telephone: a table of spellings (ATSP 4.4)."""

import datetime as dt

import pytest
from django.db import connection

from contracts.callers.finding import find
from contracts.callers.models import CallerWords
from contracts.callers.rules import misfit, misheard, said
from contracts.parties.models.changes import PartyChange
from contracts.parties.models.parties import Contact, Organisation, OrganisationKind
from contracts.parties.models.provider_people import ProviderPerson
from portal.models import User
from portal.roles import Role
from tests.cases.pages import queries as statements
from tests.contracts.factories import make_agreement, make_contact, make_organisation

PEOPLE = (
    ("Müller & Söhne Datentechnik", "+49 89 555010", "José Ñáñez", "C-4711", "+1 (408) 555-0100"),
    (
        "Müller & Söhne Datentechnik",
        "+49 89 555010",
        "Renée O'Brien",
        "DE 0815",
        "+49 (0)89 555 0177",
    ),
    ("StorageTek West", "714 555 0900", "Martin Keane", "MTI-1", "714-555-0101 x12"),
    ("StorageTek West", "714 555 0900", "John Smith", "", "020 7946 0958"),
    ("Blue Harbor Systems", "", "Martina Kean", "BH-20", ""),
    ("Blue Harbor Systems", "", "Zoë Łukasiewicz", "BO-1L", "+1 650 555 0142"),
)

SPELLINGS = (
    # contact codes: dashes, spaces, capitals, what sounds alike
    ("C-4711", "José Ñáñez"),
    ("c4711", "José Ñáñez"),
    ("c 47 11", "José Ñáñez"),
    ("4711", "José Ñáñez"),
    ("de0815", "Renée O'Brien"),
    ("de-o815", "Renée O'Brien"),
    ("mti1", "Martin Keane"),
    ("bo11", "Zoë Łukasiewicz"),
    # names: accents, order, parts, joined, typing errors
    ("Jose Nanez", "José Ñáñez"),
    ("NÁÑEZ, JOSÉ", "José Ñáñez"),
    ("nanez jose", "José Ñáñez"),
    ("jos nan", "José Ñáñez"),
    ("obrien", "Renée O'Brien"),
    ("o'brien renee", "Renée O'Brien"),
    ("O’Brien", "Renée O'Brien"),
    ("o brien", "Renée O'Brien"),
    ("Lukasiewicz", "Zoë Łukasiewicz"),
    ("lukasievicz zoe", "Zoë Łukasiewicz"),
    ("jonh smtih", "John Smith"),
    ("John Smyth", "John Smith"),
    ("martin keene", "Martin Keane"),
    ("Mr. John Smith from StorageTek", "John Smith"),
    ("John Smith, StorageTek West Corp.", "John Smith"),
    ("zoe.lukasiewicz@1.example", "Zoë Łukasiewicz"),
    # companies, with and beside names
    ("smith storagetek", "John Smith"),
    ("smith storage tek", "John Smith"),
    ("nanez muller", "José Ñáñez"),
    ("nanez mueller", "José Ñáñez"),
    ("kean blue harbour", "Martina Kean"),
    # telephone numbers, in any spelling
    ("+1 (408) 555-0100", "José Ñáñez"),
    ("408.555.0100", "José Ñáñez"),
    ("001 408 555 0100", "José Ñáñez"),
    ("4085550100", "José Ñáñez"),
    ("(714) 555 0101", "Martin Keane"),
    ("714/555-0101", "Martin Keane"),
    ("555-0101", "Martin Keane"),
    ("714-555-0101 ext. 12", "Martin Keane"),
    ("+44 20 7946 0958", "John Smith"),
    ("0044 (0)20 7946 0958", "John Smith"),
    ("+49 89 5550177", "Renée O'Brien"),
    ("089 5550177", "Renée O'Brien"),
    ("0142", "Zoë Łukasiewicz"),
)


@pytest.fixture
def dispatch(db: None) -> User:
    """Dispatch of the house; the people of PEOPLE are on file."""
    for company, telephone, name, code, number in PEOPLE:
        firm = Organisation.objects.filter(name=company).first() or make_organisation(
            company, telephone=telephone
        )
        address = name.lower().replace(" ", ".").replace("'", "")
        address = address.encode("ascii", "ignore").decode()
        if name.startswith("Zo"):
            address = "zoe.lukasiewicz"
        make_contact(
            firm,
            sign_in=False,
            name=name,
            code=code,
            telephone=number,
            email=f"{address}@{firm.pk}.example",
        )
    return User.objects.create_user(
        "dispatch@legato.example", name="Dina Patel", roles=[Role.DISPATCH]
    )


def found(typed: str, user: User, most: int = 8) -> list[str]:
    keys, _ = find(said(typed), user, most)
    names = dict(Contact.objects.filter(pk__in=keys).values_list("pk", "name"))
    return [names[key] for key in keys]


@pytest.mark.clause("ATSP 4.4")
def test_the_caller_is_first_by_any_spelling(dispatch: User) -> None:
    wrong = {
        typed: found(typed, dispatch)
        for typed, name in SPELLINGS
        if found(typed, dispatch)[:1] != [name]
    }
    assert wrong == {}


def test_a_company_finds_its_people_and_its_switchboard_too(dispatch: User) -> None:
    people = {"Martin Keane", "John Smith"}
    assert set(found("storagetek west", dispatch)) == people
    assert set(found("Storage-Tek", dispatch)) == people
    assert set(found("+1 714 555 0900", dispatch)) == people


@pytest.mark.parametrize(
    "typed", ["", "  ", "quux", "zzz smith", "999999", "%", "_", "\0", "x" * 500]
)
def test_nobody_is_found_by_what_fits_nobody(dispatch: User, typed: str) -> None:
    assert found(typed, dispatch) == []


def test_a_closer_name_comes_first_and_who_left_last(dispatch: User) -> None:
    assert found("martin keane", dispatch) == ["Martin Keane", "Martina Kean"]
    Contact.objects.filter(name="Martin Keane").update(
        left_at=dt.datetime(2003, 1, 1, tzinfo=dt.UTC)
    )
    assert found("martin", dispatch) == ["Martina Kean", "Martin Keane"]


def test_the_words_follow_every_change(dispatch: User) -> None:
    firm = Organisation.objects.get(name="Blue Harbor Systems")
    Organisation.objects.filter(pk=firm.pk).update(name="Green Port Systems")
    assert set(found("green port", dispatch)) == {"Martina Kean", "Zoë Łukasiewicz"}
    assert found("blue harbor", dispatch) == []
    PartyChange.objects.create(
        organisation=firm,
        name="Blue Harbor Systems",
        recorded_at=dt.datetime(2003, 1, 1, tzinfo=dt.UTC),
    )
    assert set(found("blue harbor", dispatch)) == {"Martina Kean", "Zoë Łukasiewicz"}, (
        "a name it had"
    )
    Contact.objects.filter(name="Martina Kean").update(
        name="Martina Vogt", code="", telephone="1234567"
    )
    assert found("vogt", dispatch) == found("123-4567", dispatch) == ["Martina Vogt"]
    assert found("BH20", dispatch) == []


def test_more_than_fit_are_told_and_not_shown(dispatch: User) -> None:
    firm = make_organisation("Many Hands")
    for n in range(10):
        make_contact(firm, sign_in=False, name=f"Hand {n}")
    keys, more = find(said("many hands"), dispatch, 8)
    assert (len(keys), more) == (8, True)
    assert find(said("keane"), dispatch, 8)[1] is False


def test_each_provider_finds_its_own_customers(dispatch: User) -> None:
    """The other provider's people are found by its own dispatch only, also by what is only alike."""
    other = make_organisation("CaminoSoft", kind=OrganisationKind.PROVIDER, own_people=True)
    theirs = User.objects.create_user("d@caminosoft.example", name="Gwen", roles=[Role.DISPATCH])
    ProviderPerson.objects.create(organisation=other, user=theirs)
    firm = Organisation.objects.get(name="StorageTek West")
    make_agreement(reseller=firm, provider=other)
    dispatch = User.objects.get(pk=dispatch.pk)  # its reach is read once for each object
    assert found("jonh smtih", dispatch) == found("smith", dispatch) == []
    assert found("jonh smtih", theirs) == found("smith", theirs) == ["John Smith"]
    assert found("nanez", theirs) == []
    assert found("nanez", User.objects.create_user("x@reseller.example", name="X")) == []


@pytest.mark.parametrize("typed", ["c4711", "smith", "jonh smtih", "408.555.0100", "storagetek"])
def test_a_search_takes_so_many_statements_however_many_there_are(
    dispatch: User, typed: str
) -> None:
    find(said("warm"), dispatch, 8)
    with statements() as few:
        find(said(typed), dispatch, 8)
    firm = make_organisation("StorageTek East")
    for n in range(12):
        make_contact(firm, sign_in=False, name=f"Jonh Smtih {n}")
    with statements() as many:
        find(said(typed), dispatch, 8)
    assert len(few) <= 3
    assert len(many) <= 3


@pytest.mark.parametrize(
    "wanted",
    [
        {"words__contains": "keane"},
        {"digits__contains": "145550101"},
        {"code__startswith": "C471"},
    ],
)
def test_an_index_finds_them(dispatch: User, wanted: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = CallerWords.objects.filter(**wanted).explain()
    assert "caller_words" in plan
    assert CallerWords.objects.count() == len(PEOPLE)


@pytest.mark.parametrize(
    ("word", "name", "steps"),
    [
        ("smith", "smith", 0),
        ("smi", "smith", 0),
        ("smtih", "smith", 2),
        ("jonh", "john", 2),
        ("meyer", "maier", 4),
        ("jnoh", "josh", None),
        ("jon", "jan", None),
        ("4712", "4711", None),
        ("smithers", "smith", None),
    ],
)
def test_a_word_may_be_off_by_a_letter_or_two(word: str, name: str, steps: int | None) -> None:
    assert misfit(word, name) == steps


@pytest.mark.parametrize(
    ("word", "name", "steps"),
    [
        ("jon", "john", 1),
        ("zzz", "zoe", None),
        ("keen", "keane", 1),
        ("keen", "cohn", None),
        ("mayer", "mayr", 1),
        ("shnyder", "schneider", 3),
        ("catherine", "kathryn", 5),
        ("keane", "gwennie", None),
    ],
)
def test_a_word_of_the_same_sound_may_be_off_by_more(
    word: str, name: str, steps: int | None
) -> None:
    assert misheard(word, name) == steps


SOUNDS = (
    ("keen", "Martin Keane"),
    ("keen", "Martina Kean"),
    ("marten kene", "Martin Keane"),
    ("jon smith", "John Smith"),
    ("john smithe", "John Smith"),
    ("shnyder", "Ursula Schneider"),
    ("schnaidr ursula", "Ursula Schneider"),
    ("fillip", "Philip Rowe"),
    ("roe", "Philip Rowe"),
    ("phillip roe", "Philip Rowe"),
    ("lorense", "Ann Lawrence"),
    ("anne lorence", "Ann Lawrence"),
    ("katherine", "Catherine Wright"),
    ("kathryn", "Catherine Wright"),
)


@pytest.mark.clause("ATSP 4.4")
@pytest.mark.parametrize(("typed", "name"), SOUNDS)
def test_a_name_is_found_as_it_sounds(dispatch: User, typed: str, name: str) -> None:
    firm = make_organisation("Sound Houses")
    for each in ("Ursula Schneider", "Philip Rowe", "Ann Lawrence", "Catherine Wright"):
        make_contact(firm, sign_in=False, name=each)
    assert name in found(typed, dispatch)


def test_a_name_of_the_same_sound_comes_after_those_that_begin_so(dispatch: User) -> None:
    firm = make_organisation("Port Works")
    for name in ("Ada Keener", "Bo Keenan", "Cy Keen", "Di Keenly"):
        make_contact(firm, sign_in=False, name=name)
    assert found("keen", dispatch) == [
        "Cy Keen",
        "Ada Keener",
        "Bo Keenan",
        "Di Keenly",
        "Martin Keane",
        "Martina Kean",
    ]


def test_a_known_word_is_found_by_an_index_of_its_sound(dispatch: User) -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(
            "EXPLAIN SELECT word FROM contracts_callerword"
            " WHERE dmetaphone(word) IN ('KN', 'KN') OR dmetaphone_alt(word) IN ('KN', 'KN')"
        )
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "caller_word_sound" in plan
    assert "caller_word_other_sound" in plan
