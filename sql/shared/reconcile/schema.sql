-- What reconciliation writes, per position. Every table is keyed by authority and as-at date.
create schema if not exists facts;
create table if not exists facts.claims (
    authority varchar, as_at date, indicator_id varchar, team varchar, unit varchar, definition varchar, counted_by varchar,
    counted_at date, method varchar, note varchar, numerator integer, denominator integer, listed_numerator integer,
    listed_denominator integer, unlisted_numerator integer, unlisted_denominator integer, grade_numerator varchar,
    grade_denominator varchar, comparable boolean, conflict boolean, superseded integer, delivery_id varchar, source_row varchar
);
create table if not exists facts.claim_rows (
    authority varchar, as_at date, indicator_id varchar, team varchar, row_id integer, case_id varchar, child_id varchar,
    starts_on date, in_denominator boolean, in_numerator boolean, event_date date, delivery_id varchar, source_row varchar
);
create table if not exists facts.items (
    authority varchar, as_at date, indicator_id varchar, team varchar, measure varchar, case_id varchar, child_id varchar,
    kind varchar, effect integer, reason varchar, secondary_reasons varchar, evidence varchar, closed boolean,
    manual_in boolean, system_in boolean, manual_rows integer, system_state varchar, outside varchar, system_team varchar,
    event_date date, decides_on date, manual_delivery_id varchar, manual_source_row varchar, system_delivery_id varchar,
    system_source_row varchar, of_team varchar, break_key varchar, bound_to varchar
);
-- What another record says that proves the reason, in a sentence: for officers alone, and on no export.
alter table facts.items add column if not exists proof varchar;
-- What one cause did to many at once, in words: of all of them alike, so that they are one group.
alter table facts.items add column if not exists block varchar;
-- What the case is called under the child's other ids, and what it was bound to as a list with one of them would be: so that a difference,
-- and what was decided on it, outlives a change of ids.
alter table facts.items add column if not exists other_keys varchar[];
alter table facts.items add column if not exists other_bound_to varchar[];
-- Of a count in families: how many children more than the system's the team's side has, at least and at most (null: nothing bounds it).
alter table facts.items add column if not exists moves_least integer;
alter table facts.items add column if not exists moves_most integer;
create table if not exists facts.figures (
    authority varchar, as_at date, indicator_id varchar, basis varchar, team varchar, numerator integer, denominator integer,
    not_countable integer, overtaken integer, unusable integer, pending integer
);
-- Of members that carry a measured value: its average (weighted where they have a weight), its middle, the largest; and how many
-- children the cases are.
alter table facts.figures add column if not exists average double;
alter table facts.figures add column if not exists middle double;
alter table facts.figures add column if not exists largest double;
alter table facts.figures add column if not exists children_numerator integer;
alter table facts.figures add column if not exists children_denominator integer;
create table if not exists facts.bridges (
    authority varchar, as_at date, indicator_id varchar, team varchar, measure varchar, manual integer, system integer,
    at_hand integer, unlisted integer, grade varchar
);
create table if not exists facts.roll_forward (
    authority varchar, as_at date, reason varchar, opening integer, new integer, reopened integer, moved_in integer, moved_out integer,
    closed integer, closing integer
);
