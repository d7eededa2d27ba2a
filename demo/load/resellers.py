"""Copies of the mould's resellers: organizations, sites, people with accounts, agreements, money, prepaid cases."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import models

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Charge
from contracts.billing.models.invoices import Invoice, InvoiceNumber
from contracts.parties.models.parties import Contact, Organisation
from contracts.prepaid.models.ledger import CaseAccount, CaseEntry
from demo.load import words
from demo.load.copying import (
    SCHEMA,
    Copy,
    Keys,
    check_constraints,
    recipient,
    recipient_join,
    rows,
    run,
)
from demo.load.graph import Graph, Model, graph_of
from demo.load.mould import LARGE, SMALL
from portal.models import Attachment, Deadline, JournalEntry, Notice, User
from portal.models.subject import About
from portal.roles import Role

SIGNED, DRAFT = "Fjordlys Data AS", "Aurora Storage Services"
_LARGE_SHARE = 0.15
_ABOUT: tuple[type[About], ...] = (JournalEntry, Deadline, Notice, Attachment)


@dataclass(frozen=True, slots=True)
class Staff:
    """People of the provider whose work the copies share out: their keys in the mould, and the column of a copy."""

    engineers: tuple[int, ...]
    psam: int
    alternate: int
    ess: int


def hire(resellers: int) -> Staff:
    """Make so many more engineers, PSAMs and ESSs as the resellers need; return those of the mould."""
    known = {user.email.split("@")[0]: user.pk for user in User.objects.exclude(roles=[])}
    run(f"CREATE TABLE {SCHEMA}.staff (role text, n int, id bigint, name text)")
    needed = {
        Role.CSE: ("maya.okafor", max(4, resellers // 40)),
        Role.PSAM: ("dana.whitfield", max(2, resellers // 100)),
        Role.ESS: ("greta.vogel", max(1, resellers // 100)),
    }
    for offset, (role, (like, count)) in enumerate(needed.items(), start=1):
        run(
            f"""
            WITH made AS (
                INSERT INTO portal_user
                       (password, is_superuser, email, name, roles, zone, is_active, preferences)
                SELECT t.password, false,
                       lower(replace(person.name, ' ', '.')) || '.{role.value}' || n || '@legato.example',
                       person.name, t.roles, t.zone, true, t.preferences
                  FROM portal_user t, generate_series(1, %s) AS n,
                       LATERAL (SELECT {SCHEMA}.person(-n, {offset * 17})) AS person (name)
                 WHERE t.id = %s ORDER BY n
                RETURNING id, name)
            INSERT INTO {SCHEMA}.staff SELECT %s, row_number() OVER (ORDER BY id) - 1, id, name FROM made
            """,
            [count, known[like], role.value],
        )
    return Staff(
        tuple(
            known[name] for name in ("maya.okafor", "tom.lindqvist", "priya.raman", "owen.hughes")
        ),
        known["dana.whitfield"],
        known["luis.ortega"],
        known["greta.vogel"],
    )


def plan(resellers: int, cases: int) -> None:
    """Say which copies there are, and how many cases each has: few have many (the n-th of them 1/n^0.6 as many)."""
    keys = {one.name: one.pk for one in Organisation.objects.all()}
    large = max(1, round(resellers * _LARGE_SHARE))
    run(
        f"""
        CREATE TABLE {SCHEMA}.copy AS
        SELECT r, CASE WHEN r <= {large} THEN {keys[LARGE]} WHEN r %% 50 = 0 THEN {keys[SIGNED]}
                       WHEN r %% 50 = 25 THEN {keys[DRAFT]} ELSE {keys[SMALL]} END AS mould,
               firm.name || CASE WHEN r > 12000 THEN ' ' || r ELSE '' END AS name,
               's' || lpad(r::text, 5, '0') || '.example' AS domain,
               '272-ATSP-' || lpad(r::text, 5, '0') AS number,
               (SELECT array_agg({SCHEMA}.person(r, n) ORDER BY n) FROM generate_series(0, 29) AS n) AS people,
               psam.id AS psam_id, alternate.id AS alternate_id, ess.id AS ess_id
          FROM generate_series(1, %s) AS r
          JOIN {SCHEMA}.firm ON firm.n = r %% 12000
          JOIN {_staff("psam", Role.PSAM, "r")} JOIN {_staff("alternate", Role.PSAM, "r + 1")}
          JOIN {_staff("ess", Role.ESS, "r")}
        """,
        [resellers],
    )
    run(
        f"""
        ALTER TABLE {SCHEMA}.copy ADD cases int NOT NULL DEFAULT 0;
        WITH weighed AS (SELECT r, power(row_number() OVER (ORDER BY r), -0.6) AS share
                           FROM {SCHEMA}.copy WHERE mould IN ({keys[LARGE]}, {keys[SMALL]})),
             heaped AS (SELECT r, sum(share) OVER (ORDER BY r) / sum(share) OVER () AS upto FROM weighed)
        UPDATE {SCHEMA}.copy c SET cases = round(%s * upto) - round(%s * coalesce(before, 0))
          FROM (SELECT r, upto, lag(upto) OVER (ORDER BY r) AS before FROM heaped) h WHERE h.r = c.r;
        """,
        [cases, cases],
    )
    run(f"CREATE UNIQUE INDEX ON {SCHEMA}.copy (r); ANALYZE {SCHEMA}.copy")


def _staff(alias: str, role: Role, number: str) -> str:
    count = f"(SELECT count(*) FROM {SCHEMA}.staff WHERE role = '{role.value}')"
    return f"{SCHEMA}.staff {alias} ON {alias}.role = '{role.value}' AND {alias}.n = ({number}) %% {count}"


def moulds() -> list[Graph]:
    """The rows of each reseller of the mould."""
    names = (LARGE, SMALL, SIGNED, DRAFT)
    return [graph_of(Organisation.objects.get(name=name)) for name in names]


def number_keys(graphs: list[Graph], staff: Staff) -> Keys:
    """The keys of the copies of everything that belongs to a reseller, and of the people who serve it."""
    keys = Keys()
    for model in {model for graph in graphs for model in graph.keys}:
        keys.number(model, [graph.keys.get(model, []) for graph in graphs])
    keys.known[User] |= {
        staff.psam: "c.psam_id",
        staff.alternate: "c.alternate_id",
        staff.ess: "c.ess_id",
    }
    return keys


def keep_positions(graphs: list[Graph]) -> None:
    """Keep which contact of its reseller each contact of the mould is."""
    run(f"CREATE TABLE {SCHEMA}.position (model text, id bigint, n int)")
    for graph in graphs:
        for position, key in enumerate(graph.keys.get(Contact, [])):
            run(f"INSERT INTO {SCHEMA}.position VALUES ('contact', %s, %s)", [key, position])


def copy_resellers(graphs: list[Graph], keys: Keys) -> None:
    """Write the copies. Expects ``need`` in the schema: how many cases each account is to hold."""
    for graph in graphs:
        for model in _in_order(graph.keys):
            run(_copy_of(model, graph, keys).statement())
            run(f"ANALYZE {model._meta.db_table}")  # the triggers' plans are made for its size
            if model is not Invoice:  # whose lines come next, and are added up with it
                check_constraints()
        for about in _ABOUT:
            run(_copy_about(about, graph, keys).statement())


def settle() -> None:
    """Bring the accounts to the sums of their entries, and the counter of invoices behind the last one."""
    run(
        """
        UPDATE contracts_caseaccount a SET granted = s.granted, reserved = s.reserved, charged = s.charged,
               warned = CASE WHEN used >= 0.9 THEN 90 WHEN used >= 0.75 THEN 75 WHEN used >= 0.5 THEN 50 ELSE 0 END
          FROM (SELECT account, granted, reserved, charged, (reserved + charged)::numeric / nullif(granted, 0) AS used
                  FROM (SELECT account,
                               -sum(cases) FILTER (WHERE place = 'provider') AS granted,
                               coalesce(sum(cases) FILTER (WHERE place = 'provisional'), 0) AS reserved,
                               coalesce(sum(cases) FILTER (WHERE place = 'charged'), 0) AS charged
                          FROM (SELECT account_id, takes_from, -cases FROM contracts_caseentry WHERE kind <> 'transfer'
                                UNION ALL
                                SELECT to_account_id, puts_to, cases FROM contracts_caseentry WHERE kind <> 'transfer'
                                UNION ALL
                                SELECT account_id, 'provider', cases FROM contracts_caseentry WHERE kind = 'transfer'
                                UNION ALL
                                SELECT to_account_id, 'provider', -cases FROM contracts_caseentry
                                 WHERE kind = 'transfer'
                               ) AS legs (account, place, cases)
                         GROUP BY account) AS sums) AS s
         WHERE s.account = a.id
        """
    )
    for counter in InvoiceNumber.objects.all():
        last = Invoice.objects.filter(provider=counter.provider).aggregate(
            last=models.Max("number")
        )
        InvoiceNumber.objects.filter(pk=counter.pk).update(last=last["last"])


def _in_order(keys: Iterable[Model]) -> list[Model]:
    """The models, each after those that its rows must find: the triggers look."""
    rank = {User: 0, Organisation: 1}
    ordered, waiting = sorted((m for m in keys if m in rank), key=lambda m: rank[m]), []
    waiting = [model for model in keys if model not in rank]
    while waiting:
        for model in waiting:
            needs = {
                relation.related_model
                for relation in model._meta.concrete_fields
                if isinstance(relation, models.ForeignKey)
            }
            if not needs & (set(waiting) - {model}):
                ordered.append(model)
                waiting.remove(model)
                break
        else:
            raise ValueError(f"these models need each other: {waiting}")
    return ordered


def _copy_of(model: Model, graph: Graph, keys: Keys) -> Copy:
    chosen = [key for key in graph.keys[model] if key > 0]
    columns = _replaced(model, chosen, graph, keys)
    where = f"t.id IN ({', '.join(map(str, chosen)) or 'NULL'})"
    if model in (User, Contact):
        position = _position(graph.keys[model])
        person = f"c.people[1 + {position}]"
        columns["name"] = person
        columns["email"] = f"lower(replace({person}, ' ', '.')) || '@' || c.domain"
    if model is Organisation:
        columns["name"] = "c.name"
    if model is Invoice:
        columns["number"] = keys.expression(Invoice, "t.id")
        columns["settled"] = "0"  # the database adds the payments, which come next
    if model is Charge:
        columns["on_document"] = "false"  # so it does with the lines
    if model is CaseAccount:
        columns |= dict.fromkeys(("granted", "reserved", "charged", "over", "warned"), "0")
    joins = f"JOIN {SCHEMA}.copy c ON c.mould = {graph.reseller.pk}"
    if model is CaseEntry:
        where += " AND t.kind NOT IN ('reserve', 'admit_over', 'charge', 'give_back')"
        joins += f" LEFT JOIN {SCHEMA}.need need ON need.r = c.r AND need.account = t.account_id"
        columns["cases"] = (
            "CASE t.kind WHEN 'grant' THEN greatest(t.cases, coalesce(need.cases, 0)) ELSE t.cases END"
        )
    return Copy(
        model,
        f"{model._meta.db_table} t",
        keys,
        columns,
        own_key=True,
        joins=joins,
        where=where,
        order="c.r, t.id",
    )


def _copy_about(model: type[About], graph: Graph, keys: Keys) -> Copy:
    kinds = [kind for kind in graph.keys if kind is not User]
    wanted = [
        f"t.subject_type = '{kind._meta.label_lower}' AND t.subject_id IN ({', '.join(map(str, graph.keys[kind]))})"
        for kind in kinds
    ]
    where = f"({' OR '.join(wanted)})"
    chosen = [key for (key,) in rows(f"SELECT id FROM {model._meta.db_table} t WHERE {where}")]
    columns = _replaced(model, chosen, graph, keys)
    columns["subject_id"] = keys.subject(kinds)
    joins = f"JOIN {SCHEMA}.copy c ON c.mould = {graph.reseller.pk}"
    if model is Notice:
        columns |= recipient(keys)
        joins += f" {recipient_join(keys)}"
        where += " AND t.channel = 'inbox'"
    return Copy(
        model,
        f"{model._meta.db_table} t",
        keys,
        columns,
        joins=joins,
        where=where,
        order="c.r, t.id",
    )


def _position(keys: list[int]) -> str:
    arms = " ".join(f"WHEN {key} THEN {position}" for position, key in enumerate(keys))
    return f"(CASE t.id {arms} END)"


def _replaced(model: Model, chosen: list[int], graph: Graph, keys: Keys) -> dict[str, str]:
    """The columns in which the mould's rows name their reseller, with the copy's names in their place."""
    pairs = list(_names(graph, keys))
    columns = {}
    for column in model._meta.concrete_fields:
        if not isinstance(column, models.CharField | models.TextField | models.JSONField):
            continue
        said = " ".join(
            str(value)
            for (value,) in rows(
                f'SELECT "{column.column}"::text FROM {model._meta.db_table} WHERE id = ANY(%s)',
                [chosen],
            )
        )
        used = [(old, new) for old, new in pairs if old in said]
        if used:
            text = f't."{column.column}"::text'
            for old, new in used:
                quoted = old.replace("'", "''")
                text = f"replace({text}, '{quoted}', {new})"
            columns[column.name] = (
                f"({text})::jsonb" if isinstance(column, models.JSONField) else text
            )
    return columns


def _names(graph: Graph, keys: Keys) -> Iterator[tuple[str, str]]:
    """What stands in texts of the mould, and what stands there in a copy's, in SQL."""
    yield graph.reseller.name, "c.name"
    for agreement in Agreement.objects.filter(reseller=graph.reseller):
        yield agreement.reference, "c.number"
    contacts = Contact.objects.in_bulk(graph.keys.get(Contact, []))
    for position, key in enumerate(graph.keys.get(Contact, [])):
        yield contacts[key].name, f"c.people[{position + 1}]"
    for invoice in Invoice.objects.filter(pk__in=graph.keys.get(Invoice, [])):
        number = keys.expression(Invoice, str(invoice.pk))
        yield f"INV-{invoice.number:05d}", f"('INV-' || lpad(({number})::text, 5, '0'))"
        yield f"/invoices/{invoice.number}/", f"('/invoices/' || ({number}) || '/')"
    for domain in {one.email.split("@")[1] for one in contacts.values() if one.email}:
        yield f"@{domain}", "('@' || c.domain)"


def write_names(seed: int) -> None:
    """Keep the names of companies and people where PostgreSQL reads them."""
    run(f"CREATE TABLE {SCHEMA}.firm (n int PRIMARY KEY, name text)")
    run(
        f"INSERT INTO {SCHEMA}.firm SELECT n - 1, name FROM unnest(%s) WITH ORDINALITY AS firm (name, n)",
        [words.firms(seed)],
    )
    first, last = words.first_names(), words.last_names()
    run(
        f"""
        CREATE FUNCTION {SCHEMA}.person(r bigint, n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT (ARRAY[{_quoted(first)}])[1 + abs(r * 7 + n) % {len(first)}] || ' ' ||
                   (ARRAY[{_quoted(last)}])[1 + abs(r * 13 + n * 29 + r / 60) % {len(last)}]
        $$
        """
    )


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
