-- What is gathered of each pair while its sides are looked at, to be judged for all of them together.
create or replace temp table pair_asked (pair_id varchar, left_name varchar, right_name varchar, is_event boolean, coded varchar);
create or replace temp table pair_rules (pair_id varchar, side varchar, name varchar, reason varchar, says varchar, by_code boolean);
create or replace temp table pair_taken (pair_id varchar, side varchar, extracted_on date);
create or replace temp table pair_left_over (
    pair_id varchar, left_case varchar, right_case varchar, left_counted boolean, right_counted boolean
);
create or replace temp table pair_named (
    pair_id varchar, side varchar, case_id varchar, child_id varchar, team varchar, outside varchar, countable boolean, starts_on date,
    says varchar, delivery_id varchar, source_row varchar, counted boolean, code varchar, coded_on date
);
create or replace temp table pair_codes (pair_id varchar, left_code varchar, right_code varchar, cases integer, of_cases integer);
create or replace temp table pair_words (reason varchar, says varchar);
