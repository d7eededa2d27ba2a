"""A prepared read finds what its queryset finds, for other values each time; a prepared row is written as any other."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q, Window
from django.db.models.signals import post_save
from django.db.transaction import TransactionManagementError

from portal.models import Draft, Holiday, User
from portal.prepared import Columns, Counts, NewRows, Rows, Tuples, among, given

AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
DAYS = {"US": (dt.date(2003, 7, 4), dt.date(2003, 1, 1)), "100%s": (dt.date(2003, 5, 1),)}


def draft(name: str, title: str, form: str = "cases.open") -> Draft:
    user, _ = User.objects.get_or_create(
        email=f"{name.lower()}@mti.example", defaults={"name": name}
    )
    return Draft.objects.create(
        user=user, form=form, key=title, title=title, data={"key": [title, None]}, updated_at=AT
    )


@pytest.mark.django_db
def test_rows_are_read_with_what_they_are_joined_to(django_assert_num_queries: Any) -> None:
    drafts = Rows(
        lambda: (
            Draft.objects.filter(
                Q(title=given("title")) | Q(title__iexact=given("other")),
                user__email=given("email"),
                form__in=["cases.open", "cases.close"],
                updated_at__lte=given("at"),
            )
            .select_related("user")
            .order_by("pk")
        )
    )
    ours = [draft("Ann", "one"), draft("Ann", "O'Two"), draft("Ben", "one")]
    draft("Ann", "one", form="another")

    def found(email: str, at: dt.datetime = AT) -> list[Draft]:
        return drafts.read(email=email, title="one", other="o'two", at=at)

    with django_assert_num_queries(3):
        assert [(row, row.user.name) for row in found("ann@mti.example")] == [
            (ours[0], "Ann"),
            (ours[1], "Ann"),
        ]
        assert [(row, row.user.name) for row in found("ben@mti.example")] == [(ours[2], "Ben")]
        assert found("ann@mti.example", AT - dt.timedelta(microseconds=1)) == []


@pytest.mark.django_db
def test_rows_have_what_their_queryset_adds_and_leave_out_what_it_leaves_out(
    django_assert_num_queries: Any,
) -> None:
    drafts = Rows(
        lambda: (
            Draft.objects.filter(title=given("title"))
            .annotate(so_many=Count("user__drafts"))
            .select_related("user")
            .defer("data", "user__zone")
        )
    )
    kept = draft("Ann", "one")
    draft("Ann", "two")
    with django_assert_num_queries(1):
        [row] = drafts.read(title="one")
        assert (row, row.so_many, row.user.name) == (kept, 2, "Ann")  # type: ignore[attr-defined]
    with django_assert_num_queries(2):
        assert (row.data, row.user.zone) == (kept.data, kept.user.zone)


@pytest.mark.django_db
def test_a_row_that_was_read_is_saved_as_any_other() -> None:
    drafts = Rows(lambda: Draft.objects.filter(title=given("title")))
    draft("Ann", "one")
    [row] = drafts.read(title="one")
    assert row.data == {"key": ["one", None]}
    row.title = "two"
    row.save()
    assert [one.title for one in Draft.objects.all()] == ["two"]


@pytest.mark.django_db
def test_rows_are_found_by_their_keys_however_many() -> None:
    drafts = Rows(lambda: Draft.objects.filter(among("pk", "keys"), form=given("form")))
    by_key = Rows(lambda: Draft.objects.filter(among("pk", "keys")))
    one, two, other = draft("Ann", "one"), draft("Ben", "two"), draft("Ann", "3", form="another")
    keys = [one.pk, two.pk, other.pk, 0]
    assert set(drafts.read(keys=keys, form="cases.open")) == {one, two}
    assert by_key.in_bulk(keys) == {one.pk: one, two.pk: two, other.pk: other}
    assert by_key.in_bulk([]) == {}


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_within_a_transaction_only() -> None:
    locked = Rows(lambda: Draft.objects.filter(title=given("title")).select_for_update())
    kept = draft("Ann", "one")
    with pytest.raises(TransactionManagementError):
        locked.read(title="one")
    with transaction.atomic():
        assert locked.read(title="one") == [kept]
    with pytest.raises(TransactionManagementError):
        locked.read(title="one")


@pytest.mark.django_db
def test_tuples_are_read_of_a_list_of_any_length(django_assert_num_queries: Any) -> None:
    read = Tuples(
        lambda: (
            Draft.objects.filter(among("pk", "keys") | Q(title=given("title")))
            .annotate(so_many=Window(Count("pk")))
            .order_by("title")
            .values_list("title", "data", "user__name", "so_many")
        )
    )
    ann, ben, _ = [draft(*one) for one in (("Ann", "one"), ("Ben", "two"), ("Cid", "100%"))]
    with django_assert_num_queries(3):
        assert read.read(keys=[], title="none") == []
        assert read.read(keys=[], title="100%") == [("100%", {"key": ["100%", None]}, "Cid", 1)]
        found = read.read(keys=[ben.pk, ann.pk], title="none")
    assert [(title, name, so_many) for title, _, name, so_many in found] == [
        ("one", "Ann", 2),
        ("two", "Ben", 2),
    ]


@pytest.mark.django_db
def test_columns_are_read_in_one_statement(django_assert_num_queries: Any) -> None:
    for region, days in DAYS.items():
        for day in days:
            Holiday.objects.create(region=region, date=day, name=f"{day:%B}")
    holidays = Holiday.objects.filter(region=given("region")).order_by("date")
    read = Columns(
        lambda: {
            "days": holidays.values("date"),
            "names": holidays.filter(date__gt=given("after")).values("name"),
            "drafts": Draft.objects.filter(title__contains="100%").values("pk"),
        }
    )
    with django_assert_num_queries(2):
        assert read.read(region="US", after=dt.date(2003, 1, 1)) == {
            "days": sorted(DAYS["US"]),
            "names": ["July"],
            "drafts": [],
        }
        assert read.read(region="100%s", after=dt.date(2003, 1, 1))["names"] == ["May"]


@pytest.mark.django_db
def test_counts_stop_at_the_most(django_assert_num_queries: Any) -> None:
    for name in ("Ann", "Ben", "Cem"):
        draft(name, "one")
    counts = Counts(
        lambda: {
            "all": Draft.objects.all(),
            "hers": Draft.objects.filter(user__email=given("email")).select_related("user"),
            "none": Draft.objects.filter(title=given("title")),
        },
        most=2,
    )
    with django_assert_num_queries(1):
        found = counts.read(email="ann@mti.example", title="100% another")
    assert found == {"all": 2, "hers": 1, "none": 0}


@pytest.mark.django_db
def test_a_new_row_is_written_as_its_save_writes_it(django_assert_num_queries: Any) -> None:
    rows, saved = NewRows(Draft), draft("Ann", "100% 'saved'")
    row = Draft(
        user_id=saved.user_id, form="another", title=saved.title, data=saved.data, updated_at=AT
    )
    with django_assert_num_queries(1):
        assert rows.write(row) is row
    [kept] = Draft.objects.exclude(pk=saved.pk)
    assert kept == row
    assert (kept.title, kept.data, kept.updated_at) == (saved.title, saved.data, AT)
    assert (kept.key, kept.became) == ("", None), "as the model has it by default"
    row.title = "changed"
    with django_assert_num_queries(1):
        row.save()
    assert Draft.objects.count() == 2


@pytest.mark.django_db
def test_a_row_whose_saving_does_more_is_not_written_so() -> None:
    def listen(**_: Any) -> None: ...

    post_save.connect(listen, sender=Draft)
    try:
        with pytest.raises(TypeError, match="saving a Draft does more"):
            NewRows(Draft).write(Draft())
    finally:
        post_save.disconnect(listen, sender=Draft)
    with pytest.raises(TypeError, match="saving a User does more"):
        NewRows(User).write(User())


@pytest.mark.parametrize(
    "rows",
    [Draft.objects.values("pk"), Draft.objects.prefetch_related("user")],
    ids=["values", "what takes a statement more"],
)
def test_rows_are_whole_and_of_one_statement(rows: Any) -> None:
    with pytest.raises(TypeError):
        Rows(lambda: rows).read()


@pytest.mark.django_db
def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        Rows(lambda: Draft.objects.filter(title=given("title"))).read()
    assert connection.is_usable()
