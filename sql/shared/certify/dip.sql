-- Dip samples as the ledger has them beside what the system says of each drawn case; a file that was read is evidence for its difference.
create schema if not exists desk;

create or replace table desk.dip_files as
with known as (
    select
        authority, indicator_id, as_at, regexp_replace(case_id, '^0+([^/])', '\1') as case_key, any_value(case_id) as case_id,
        any_value(team) as team, bool_or(in_denominator)::integer as system_d, bool_or(in_numerator)::integer as system_n
    from facts.members
    where (authority, indicator_id, as_at) in (select (authority, indicator_id, as_at) from book.dip_files)
    group by all
)
select
    files.authority, files.indicator_id, files.as_at, files.round, files.place, files.drawn_on, files.looked_on, files.looked_by,
    files.file_says, ids.case_key, coalesce(known.case_id, ids.case_key) as case_id, known.team, coalesce(known.system_n, 0) as system_n,
    coalesce(known.system_d, 0) as system_d,
    case when files.file_says = 'met' then 1 when files.file_says in ('not_met', 'not_counted') then 0 end as file_n,
    case when files.file_says in ('met', 'not_met') then 1 when files.file_says = 'not_counted' then 0 end as file_d,
    files.file_says = 'no_file' or file_n <> coalesce(known.system_n, 0) or file_d <> coalesce(known.system_d, 0) as is_wrong
from book.dip_files as files
left join book.dip_ids as ids
    on files.authority = ids.authority and files.indicator_id = ids.indicator_id and files.mark = ids.mark
left join known
    on files.authority = known.authority and files.indicator_id = known.indicator_id and files.as_at = known.as_at
    and ids.case_key = known.case_key;

update main.breaks as breaks set
    evidence = 'file_checked',
    proof = concat_ws(
        ' ', breaks.proof, 'The child''s file was read on ' || strftime(files.looked_on, '%-d %B %Y') || ': ' || case files.file_says
            when 'met' then 'it counts and is met.' when 'not_met' then 'it counts and is not met.' else 'it should not count.'
        end
    )
from desk.dip_files as files
where
    breaks.authority = files.authority and breaks.indicator_id = files.indicator_id and breaks.as_at = files.as_at
    and regexp_replace(breaks.case_id, '^0+([^/])', '\1') = files.case_key and breaks.kind = 'case' and files.file_d is not null;

-- All files ever drawn for a figure count together: who draws again adds files and takes none away.
create or replace temp table dip_samples as
with tallied as (
    select authority, indicator_id, as_at, count(*) as drawn, count(file_says) as looked, count(*) filter (is_wrong) as wrong
    from desk.dip_files group by all
)
select *, looked = drawn and drawn >= $files and wrong <= $most_wrong as passes from tallied;
