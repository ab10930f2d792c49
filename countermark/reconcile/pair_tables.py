"""What pairs of systems write, per position: a row a pair, its lines by reason, its cases. Shapes only, with nothing that fills them."""

from __future__ import annotations

TABLES = {
    # `not_made` says in a sentence why a pair could not be asked; its numbers are blank then
    "pairs": "authority varchar, as_at date, pair_id varchar, title varchar, question varchar, unit varchar, compared_on date, "
    "left_name varchar, right_name varchar, left_extracted_on date, right_extracted_on date, left_cases integer, right_cases integer, "
    "not_made varchar",
    # kept beside the cases, so that a purge leaves the lines as they were published
    "pair_lines": "authority varchar, as_at date, pair_id varchar, reason varchar, says varchar, effect integer, gross integer, "
    "cases integer, evidence varchar",
    "pair_items": "authority varchar, as_at date, pair_id varchar, case_id varchar, child_id varchar, effect integer, reason varchar, "
    "secondary_reasons varchar, evidence varchar, why varchar, match varchar, left_case varchar, right_case varchar, "
    "left_team varchar, right_team varchar, left_starts_on date, right_starts_on date, left_says varchar, right_says varchar, "
    "left_delivery_id varchar, left_source_row varchar, right_delivery_id varchar, right_source_row varchar, break_key varchar",
}
DDL = "create schema if not exists facts;" + "".join(
    f"create table if not exists facts.{name} ({columns});" for name, columns in TABLES.items()
)
