"""What a ledger is made of, in the same words for both engines, to compare one with what its migrations make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from warehouse._engine import Row, Session
from warehouse.migrations.both import REFUSAL

Catalogue = dict[str, str]
_OWN = "relnamespace = CAST(current_schema() AS regnamespace)"
_TYPES = {"text": "TEXT", "bigint": "BIGINT", "character varying(32)": "VARCHAR(32)"}


class Difference(NamedTuple):
    """One thing that is not as the migrations make it."""

    what: str
    why: str


def differences(expected: Mapping[str, str], found: Mapping[str, str]) -> tuple[Difference, ...]:
    """Compare two catalogues, in the order of their names."""
    said = []
    for what in sorted(expected.keys() | found.keys()):
        if what not in found:
            said.append(Difference(what, "is missing"))
        elif what not in expected:
            said.append(Difference(what, "is not of this version"))
        elif expected[what] != found[what]:
            said.append(Difference(what, f"is {found[what]!r} in place of {expected[what]!r}"))
    return tuple(said)


def on_postgres(expected: Mapping[str, str]) -> Catalogue:
    """Tell what the same migrations make there: a table can also be emptied as a whole, which is refused too."""
    emptying = {
        what.replace("_no_delete on ", "_no_truncate on "): "refuses TRUNCATE"
        for what in expected
        if what.startswith("trigger ") and "_no_delete on " in what
    }
    return {**expected, **emptying}


def of_sqlite(session: Session) -> Catalogue:
    """Read the schema table and what the engine says of each table in it."""
    found: Catalogue = {}
    rows = session.all("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL", {})
    for row in rows:
        name, table, sql = str(row["name"]), str(row["tbl_name"]), str(row["sql"])
        if row["type"] == "table":
            found[f"table {name}"] = ""
            found.update(_table_of_sqlite(session, name, sql))
        elif row["type"] == "index":
            columns = session.all(f'PRAGMA index_info("{name}")', {})
            found[f"index {name}"] = f"{table} ({_joined(columns, 'name')})"
        elif row["type"] == "trigger":
            found[f"trigger {name} on {table}"] = _refusal_of_sqlite(table, name, sql)
        else:
            found[f"{row['type']} {name}"] = sql
    return found


def _table_of_sqlite(session: Session, table: str, sql: str) -> Iterator[tuple[str, str]]:
    columns = session.all(f'PRAGMA table_info("{table}")', {})
    for column in columns:
        needed = " not null" if column["notnull"] or column["pk"] else ""
        yield f"column {table}.{column['name']}", f"{column['type']}{needed}"
    keys = sorted((row for row in columns if row["pk"]), key=lambda row: int(row["pk"] or 0))
    if keys:
        yield f"key of {table}", _joined(keys, "name")
    for row in session.all(f'PRAGMA foreign_key_list("{table}")', {}):
        yield f"reference {table} ({row['from']})", f"{row['table']} ({row['to']})"
    for name, condition in re.findall(r"CONSTRAINT (\w+) CHECK \(([^)]*\))", sql):
        yield f"check {name} on {table}", _texts(condition)


def _refusal_of_sqlite(table: str, name: str, sql: str) -> str:
    act = name.removeprefix(f"{table}_no_").upper()
    made = (
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END"
    )
    return f"refuses {act}" if sql == made else sql


def of_postgres(session: Session) -> Catalogue:
    """Read the system's own tables, of the schema the ledger stands in."""
    found: Catalogue = {f"table {row['name']}": "" for row in session.all(_TABLES, {})}
    for row in session.all(_COLUMNS, {}):
        found[f"column {row['table_name']}.{row['name']}"] = _column_of_postgres(row)
    for row in session.all(_CONSTRAINTS, {}):
        found.update(_constraint_of_postgres(row))
    for row in session.all(_INDEXES, {}):
        found[f"index {row['name']}"] = f"{row['table_name']} ({row['columns']})"
    for row in session.all(_TRIGGERS, {}):
        found[f"trigger {row['name']} on {row['table_name']}"] = _refusal_of_postgres(row)
    return found


def _column_of_postgres(row: Row) -> str:
    kind = _TYPES.get(str(row["type"]), str(row["type"]))
    ordered = f" ordered by {row['ordered']}" if kind == "TEXT" and row["ordered"] != "C" else ""
    return f"{kind}{ordered}{' not null' if row['needed'] else ''}"


def _refusal_of_postgres(row: Row) -> str:
    act = str(row["name"]).removeprefix(f"{row['table_name']}_no_").upper()
    refuses = row["body"] == REFUSAL and row["enabled"] in ("O", "A") and row["acts"] == act
    return f"refuses {act}" if refuses else "changed"


def _constraint_of_postgres(row: Row) -> Catalogue:
    table, said = row["table_name"], str(row["said"])
    if row["type"] == "c":
        return {f"check {row['name']} on {table}": _texts(said)}
    if row["type"] == "p":
        return {f"key of {table}": said.removeprefix("PRIMARY KEY (").rstrip(")")}
    reference = re.fullmatch(r"FOREIGN KEY \((.*)\) REFERENCES (\w+)\((.*)\)", said)
    if row["type"] == "f" and reference:
        return {f"reference {table} ({reference[1]})": f"{reference[2]} ({reference[3]})"}
    return {f"constraint {row['name']} on {table}": said}


def _texts(condition: str) -> str:
    """Keep of a condition the texts it allows: the engines write the rest each in its way."""
    return " ".join(re.findall(r"'([^']*)'", condition))


def _joined(rows: list[Row], column: str) -> str:
    return ", ".join(str(row[column]) for row in rows)


_TABLES = f"SELECT relname AS name FROM pg_class WHERE {_OWN} AND relkind IN ('r', 'p')"
_COLUMNS = f"""
    SELECT relname AS table_name, attname AS name, format_type(atttypid, atttypmod) AS type, collname AS ordered,
    CAST(attnotnull AS int) AS needed FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE {_OWN} AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped"""
_CONSTRAINTS = f"""
    SELECT relname AS table_name, conname AS name, CAST(contype AS text) AS type, pg_get_constraintdef(pg_constraint.oid) AS said
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE {_OWN} AND contype NOT IN ('n', 't')"""
_INDEXES = f"""
    SELECT made.relname AS name, pg_class.relname AS table_name,
    (SELECT string_agg(pg_get_indexdef(indexrelid, n, true), ', ' ORDER BY n) FROM generate_series(1, indnkeyatts) AS n)
    || coalesce(' WHERE ' || pg_get_expr(indpred, indrelid), '') || CASE WHEN indisunique THEN ' unique' ELSE '' END AS columns
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid JOIN pg_class AS made ON made.oid = indexrelid
    WHERE pg_class.{_OWN} AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))"""
# Bits of a trigger's type: 2 before, 8 delete, 16 update, 32 truncate.
_TRIGGERS = f"""
    SELECT tgname AS name, relname AS table_name, prosrc AS body, CAST(tgenabled AS text) AS enabled,
    CASE CAST(tgtype AS int) & 62 WHEN 18 THEN 'UPDATE' WHEN 10 THEN 'DELETE' WHEN 34 THEN 'TRUNCATE' ELSE '' END AS acts
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE {_OWN} AND NOT tgisinternal"""
