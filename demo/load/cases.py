"""Copies of the mould's cases, with everything said, promised, journalled and told on them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from cases.case.models import Case
from cases.conversation.models import Message
from cases.knowledge.models import Article
from cases.products.models import Product
from cases.sub_cases.models import SubCase
from contracts.prepaid.models.ledger import CaseEntry
from demo.load import words
from demo.load.copying import SCHEMA, Copy, Keys, highest, recipient, recipient_join, rows, run
from demo.load.graph import Graph
from demo.load.resellers import Staff
from escalation.models import Step, Timeline
from portal.models import Deadline, JournalEntry, Notice, User

POOL = 40_000
"""Paragraphs at most; small loads need fewer."""
OPEN_SHARE = 0.05
CHUNK = 20_000
_WEEK = 7 * 24 * 3600
_SPREAD = 5400.0  # seconds by which a copy of an open case may lie before or after it
_SEVERITY_1 = 0.3  # how much rarer a severity 1 is among the copies than in the mould


def write_texts(seed: int, articles: int, copies: int) -> None:
    """Keep titles and paragraphs where PostgreSQL reads them, and write so many knowledge articles."""
    writer = words.Writer(seed)
    paragraphs = min(POOL, copies + articles)
    run(f"CREATE TABLE {SCHEMA}.title (n int PRIMARY KEY, text text)")
    run(f"CREATE TABLE {SCHEMA}.paragraph (n int PRIMARY KEY, text text)")
    for name, count, make in (
        ("title", paragraphs // 2, writer.title),
        ("paragraph", paragraphs, writer.paragraph),
    ):
        run(
            f"INSERT INTO {SCHEMA}.{name} SELECT n - 1, text FROM unnest(%s) WITH ORDINALITY AS made (text, n)",
            [[make() for _ in range(count)]],
        )
    products = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    run(
        f"""
        INSERT INTO {Article._meta.db_table}
               (number, title, product_id, symptom, cause, fix, fix_published_at, published_at)
        SELECT 'KB-' || 30000 + k, title.text, (%s::bigint[])[1 + k %% %s], symptom.text, cause.text,
               CASE WHEN k %% 4 = 3 THEN '' ELSE fix.text END,
               CASE WHEN k %% 4 < 2 THEN timestamptz '2002-01-07 16:00+00' + k %% 400 * interval '1 day' END,
               timestamptz '2002-01-07 15:00+00' + k %% 400 * interval '1 day'
          FROM generate_series(1, %s) AS made (k)
          JOIN {SCHEMA}.title ON title.n = k * 7 %% {_count("title")}
          JOIN {SCHEMA}.paragraph symptom ON symptom.n = k * 3 %% {_count("paragraph")}
          JOIN {SCHEMA}.paragraph cause ON cause.n = (k * 5 + 1) %% {_count("paragraph")}
          JOIN {SCHEMA}.paragraph fix ON fix.n = (k * 11 + 2) %% {_count("paragraph")}
         ORDER BY k
        """,
        [products, len(products), articles],
    )


def _count(name: str) -> int:
    """How many rows a table of the schema has."""
    return int(rows(f"SELECT count(*) FROM {SCHEMA}.{name}")[0][0])


# --- which copies of which cases ---------------------------------------------------------------------


def plan(graphs: list[Graph], keys: Keys, staff: Staff, now: dt.datetime) -> Keys:
    """Choose for every copy its case of the mould, its time, its engineer and its words, and say what each account
    needs for them. Return the keys of the copies.
    """
    run(
        f"""
        CREATE TABLE {SCHEMA}.mould (id bigint, reseller bigint, open bool, weight float, lowest float, highest float);
        CREATE TABLE {SCHEMA}.article AS
        SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, number, title FROM cases_article;
        """
    )
    for mould in _moulds(graphs, now):
        run(f"INSERT INTO {SCHEMA}.mould VALUES (%s, %s, %s, %s, %s, %s)", mould)
    first = highest(Case) + 1
    keys = _keys_of_copies(keys, staff, first)
    run(_CHOOSE)
    run(
        f"""
        CREATE UNLOGGED TABLE {SCHEMA}.case AS
        SELECT c.*, t.title AS old_title, contact.name AS old_contact, c.people[1 + position.n] AS contact,
               owner.name AS old_owner, new_owner.name AS owner
          FROM (SELECT {first} - 1 + row_number() OVER (ORDER BY t.reported_at + s.shift, s.chance) AS id, s.mould, s.r,
                       s.shift, s.chance, copy.name AS reseller_name, copy.people,
                       copy.psam_id, copy.alternate_id, copy.ess_id,
                       engineer.id AS engineer_id, old.number AS old_article, old.title AS old_article_title,
                       article.id AS article_id, article.number AS article, article.title AS article_title,
                       title.text AS title, firm.name AS end_user,
                       paragraph.text || ' Seen on ' || split_part(title.text, ' ', 1) || '-' || s.chance %% 90007
                       || ' in job ' || s.chance %% 999983 || '.' AS description
                  FROM {SCHEMA}.chosen s
                  JOIN cases_case t ON t.id = s.mould
                  JOIN {SCHEMA}.copy ON copy.r = s.r
                  JOIN {SCHEMA}.staff engineer ON engineer.role = 'cse'
                       AND engineer.n = s.chance %% (SELECT count(*) FROM {SCHEMA}.staff WHERE role = 'cse')
                  JOIN {SCHEMA}.article ON article.n = s.chance %% {_count("article")}
                  JOIN {SCHEMA}.title ON title.n = s.chance %% {_count("title")}
                  JOIN {SCHEMA}.paragraph ON paragraph.n = s.chance %% {_count("paragraph")}
                  JOIN {SCHEMA}.firm ON firm.n = s.chance %% 11987
                  LEFT JOIN cases_article old ON old.id = t.article_id) AS c
          JOIN cases_case t ON t.id = c.mould
          JOIN contracts_contact contact ON contact.id = t.contact_id
          JOIN {SCHEMA}.position ON position.model = 'contact' AND position.id = t.contact_id
          LEFT JOIN portal_user owner ON owner.id = t.owner_id
          LEFT JOIN portal_user new_owner ON new_owner.id = {keys.expression(User, "t.owner_id")}
        """.replace("%%", "%")
    )
    run(f"CREATE UNIQUE INDEX ON {SCHEMA}.case (id); ANALYZE {SCHEMA}.case")
    _keep_moulds()
    run(
        f"""
        CREATE TABLE {SCHEMA}.need AS
        SELECT c.r, e.account_id AS account, ceil(count(*) * 1.2) + 20 AS cases
          FROM {SCHEMA}.case c JOIN {SCHEMA}.caseentry e ON e.mould_case = c.mould AND e.kind = 'reserve'
         GROUP BY c.r, e.account_id
        """
    )
    return keys


_CHOOSE = f"""
    CREATE UNLOGGED TABLE {SCHEMA}.chosen AS
    WITH pick AS (
        SELECT m.*, (sum(weight) OVER upto - weight) / sum(weight) OVER alike AS low,
               CASE WHEN lead(id) OVER upto IS NULL THEN 1
                    ELSE sum(weight) OVER upto / sum(weight) OVER alike END AS high
          FROM {SCHEMA}.mould m
        WINDOW alike AS (PARTITION BY reseller, open), upto AS (PARTITION BY reseller, open ORDER BY id))
    SELECT s.r, p.id AS mould, floor(s.chance * 1e9)::bigint AS chance,
           make_interval(secs => CASE WHEN p.open THEN p.lowest + s.time * (p.highest - p.lowest)
                         ELSE floor(p.lowest + s.time * (p.highest - p.lowest + 1)) * {_WEEK} + (s.jitter - 0.5) * 3000
                         END) AS shift
      FROM (SELECT c.r, c.mould, n <= floor(c.cases * {OPEN_SHARE} + random()) AS open, random() AS pick,
                   random() AS time, random() AS jitter, random() AS chance
              FROM {SCHEMA}.copy c, generate_series(1, c.cases) AS n) AS s
      JOIN pick p ON p.reseller = s.mould AND p.open = s.open AND s.pick >= p.low AND s.pick < p.high
"""


def _moulds(graphs: list[Graph], now: dt.datetime) -> Iterator[tuple[object, ...]]:
    """The cases of the mould, how often they are copied, and how far in time a copy may lie from them.

    Whole weeks for a closed case, within its agreement and before the present; for an open one seconds, as long as
    nothing of it falls due meanwhile.
    """
    chosen = Case.objects.filter(reseller__in=[graph.reseller for graph in graphs])
    for case in chosen.select_related("agreement"):
        weight = _SEVERITY_1 if case.severity == 1 else 1.0
        last = JournalEntry.objects.about(case).order_by("-at").first()
        if case.closed_at is not None:
            begun = case.agreement.starts_at + dt.timedelta(days=3)
            back = int((case.reported_at - begun).total_seconds() // _WEEK)
            over = (
                max(case.closed_at, last.at) if last else case.closed_at
            )  # its contact may rate it later
            on = int((now - dt.timedelta(hours=2) - over).total_seconds() // _WEEK)
            yield case.pk, case.reseller_id, False, weight, -max(back, 0), max(on, 0)
            continue
        due = Deadline.objects.about(case).pending().order_by("fires_at").first()
        left = (due.fires_at - now).total_seconds() if due else _SPREAD
        quiet = (now - last.at).total_seconds() if last else 0.0
        yield (
            case.pk,
            case.reseller_id,
            True,
            weight,
            -min(_SPREAD, max(left - 60, 0.0)),
            min(_SPREAD, max(quiet - 60, 0.0)),
        )


def _keys_of_copies(keys: Keys, staff: Staff, first: int) -> Keys:
    users = keys.known[User] | dict.fromkeys(staff.engineers, "c.engineer_id")
    made = Keys(keys.known | {User: users}, {Article: "c.article_id", Case: "c.id"})
    ids = [pk for (pk,) in rows(f"SELECT id FROM {SCHEMA}.mould")]
    timelines = [list(Timeline.objects.filter(case=pk).values_list("pk", flat=True)) for pk in ids]
    made.number(Timeline, timelines, copy=f"(c.id - {first - 1})")
    return made


def _keep_moulds() -> None:
    """Keep the rows of the mould's cases apart from those of the copies, each with its case."""
    about = (
        "t.subject_id FROM {} t JOIN {} m ON t.subject_type = 'cases.case' AND m.id = t.subject_id"
    )
    mould = f"{SCHEMA}.mould"
    sources = {
        "case": f"t.id FROM cases_case t JOIN {mould} m ON m.id = t.id",
        "message": f"t.case_id FROM cases_message t JOIN {mould} m ON m.id = t.case_id",
        "subcase": f"t.case_id FROM cases_subcase t JOIN {mould} m ON m.id = t.case_id",
        "caseentry": f"m.id FROM contracts_caseentry t JOIN {mould} m ON m.id::text = t.reference"
        " AND t.kind IN ('reserve', 'admit_over', 'charge', 'give_back')",
        "timeline": f"t.case_id FROM escalation_timeline t JOIN {mould} m ON m.id = t.case_id",
        "step": f"l.case_id FROM escalation_step t JOIN escalation_timeline l ON l.id = t.timeline_id"
        f" JOIN {mould} m ON m.id = l.case_id",
        "journalentry": about.format("portal_journalentry", mould),
        "deadline": about.format("portal_deadline", mould),
        "notice": about.format("portal_notice", mould)
        + " AND (m.open OR t.channel = 'inbox' AND t.template NOT LIKE 'escalation%')",
    }
    for name, source in sources.items():
        target = f"{SCHEMA}.{name}" if name != "case" else f"{SCHEMA}.mould_case"
        run(
            f"CREATE TABLE {target} AS SELECT t.*, {source.replace(' FROM', ' AS mould_case FROM', 1)}"
        )
        run(f"ANALYZE {target}")
    run(
        f"""
        CREATE TABLE {SCHEMA}.step_position AS
        SELECT id, row_number() OVER (PARTITION BY mould_case ORDER BY id) - 1 AS n FROM {SCHEMA}.step
        """
    )


_ANSWERS = """
    CASE WHEN c.chance %% 3 = 0 THEN coalesce(
        (SELECT jsonb_agg(jsonb_build_object('asked', q.words, 'needed_to', q.needed_to,
                                             'answer', 'It ends at vol' || c.chance %% 999979 || '.'))
           FROM cases_productquestion q WHERE q.product_id = t.product_id AND q.position = 0), '[]')
    ELSE '[]' END
"""
"""A third of the copies answer the first question of their product, with a word that stands nowhere else."""


# --- copying them ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copies:
    """The statements that copy the cases whose numbers lie between two."""

    statements: tuple[str, ...]

    def write(self, low: int, high: int) -> None:
        """Copy those cases, in one transaction."""
        with transaction.atomic():
            run("SET LOCAL work_mem = '256MB'")
            for statement in self.statements:
                run(statement, {"low": low, "high": high})


def copies(keys: Keys) -> Copies:
    """How cases are copied by these keys."""
    first, stride = _steps()
    step = f"{first} + c.id * {stride}"
    names = (
        ("c.old_contact", "c.contact"),
        ("c.old_owner", "c.owner"),
        ("c.old_title", "c.title"),
        ("c.old_article_title", "c.article_title"),
        ("c.old_article", "c.article"),
        ("c.mould::text", "c.id::text"),
    )
    paragraph = (
        f"JOIN {SCHEMA}.paragraph p ON p.n = (c.chance + t.id * 7919) %% {_count('paragraph')}"
    )
    position = f"JOIN {SCHEMA}.step_position s ON s.id = "
    about = {"subject_id": "c.id"}
    plan = (
        _copy(
            keys,
            Case,
            "mould_case",
            {name: f"c.{name}" for name in ("title", "description", "end_user")}
            | {"product_answers": _ANSWERS},
            own_key=True,
        ),
        _copy(
            keys,
            Message,
            "message",
            {"body": "CASE t.kind WHEN 'report' THEN c.description ELSE p.text END"},
            paragraph,
        ),
        _copy(keys, SubCase, "subcase", {}),
        _copy(keys, CaseEntry, "caseentry", {"reference": "c.id::text"}),
        _copy(keys, Timeline, "timeline", {}, own_key=True),
        _copy(keys, Step, "step", {"id": f"{step} + s.n"}, position + "t.id"),
        _copy(
            keys,
            Deadline,
            "deadline",
            about
            | {
                "data": f"CASE WHEN s.n IS NULL THEN t.data ELSE t.data || jsonb_build_object('step', {step} + s.n) END"
            },
            f"LEFT {position} CASE WHEN t.kind LIKE 'escalation.%%' THEN (t.data->>'step')::bigint END",
        ),
        _copy(
            keys,
            JournalEntry,
            "journalentry",
            about
            | {
                "text": _replaced("t.text", names),
                "by_name": _replaced("t.by_name", names[:2]),
                "changed": "NULL",  # it would tell the rows of the mould
            },
        ),
        _copy(
            keys,
            Notice,
            "notice",
            about
            | recipient(keys)
            | {
                "title": f"left({_replaced('t.title', names)}, 250)",
                "url": _replaced("t.url", names[-1:]),
                "context": f"({_replaced('t.context::text', names)})::jsonb",
                "sent_at": "coalesce(t.sent_at, t.created_at) + c.shift",
            },
            recipient_join(keys),
            suffix="ON CONFLICT DO NOTHING",
        ),
    )
    return Copies(tuple(plan))


def _copy(
    keys: Keys,
    model: type,
    source: str,
    columns: dict[str, str],
    joins: str = "",
    *,
    own_key: bool = False,
    suffix: str = "",
) -> str:
    return Copy(
        model,
        f"{SCHEMA}.{source} t JOIN {SCHEMA}.case c ON c.mould = t.mould_case",
        keys,
        columns,
        shift="c.shift",
        own_key=own_key,
        joins=joins,
        where="c.id BETWEEN %(low)s AND %(high)s",
        suffix=suffix,
    ).statement()


def _steps() -> tuple[int, int]:
    """From where on, and how far apart, the steps of a copy's timelines are numbered."""
    most = rows(f"SELECT coalesce(max(n), 0) + 1 FROM {SCHEMA}.step_position")[0][0]
    lowest = rows(f"SELECT min(id) FROM {SCHEMA}.case")[0][0]
    return highest(Step) + 1 - lowest * most, most


def _replaced(column: str, names: tuple[tuple[str, str], ...]) -> str:
    for old, new in names:
        column = f"replace({column}, coalesce({old}, ''), coalesce({new}, ''))"
    return column


def numbers() -> tuple[int, int]:
    """The lowest and the highest number of the copies."""
    low, high = rows(f"SELECT min(id), max(id) FROM {SCHEMA}.case")[0]
    return low, high
