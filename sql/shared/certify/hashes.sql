-- What a check and a certificate are bound to: definition, members, items, the first four gates and the decisions in force.
-- Files, rows and times are left out: where only they changed, the hash is equal and the certificate is re-affirmed.
create or replace temp table facts_hashes as
with parts as (
    select authority, indicator_id, as_at, 'definition ' || definition_hash as part from facts.definitions
    union all
    select authority, indicator_id, as_at, concat_ws(
            '|', 'member', case_id, team, in_denominator, in_numerator, state, due_on, done_on, 'value ' || value, 'weight ' || weight
        )
    from facts.members
    union all
    select authority, indicator_id, as_at,
        concat_ws('|', 'item', team, measure, coalesce(case_id, of_team), kind, effect, reason, state, coalesce(decision, '-'), bound_to)
    from main.breaks
    union all
    select authority, indicator_id, as_at, concat_ws('|', 'file', case_id, file_says, finds) from desk.dip_files where file_says is not null
    union all
    select authority, indicator_id, as_at, concat_ws('|', 'gate', team, gate, outcome) from main.gates
)
select authority, indicator_id, as_at, md5(string_agg(part, chr(10) order by part)) as facts_hash from parts group by all;
