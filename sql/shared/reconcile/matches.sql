-- Which system case each listed row means: the same key; failing that, leading zeros ignored; failing that, an event of the same
-- child that starts within five working days and is the only one so placed on both sides.
create or replace temp table cases as
select *, bare_key(case_id) as bare, bare_key(child_id) as bare_child
from facts.members where authority = $authority and as_at = $as_at and basis = 'now';

create or replace temp table listed as
select rows.*, bare_key(rows.case_id) as bare, bare_key(rows.child_id) as bare_child, indicators.is_event
from facts.claim_rows as rows
join catalogue_indicators as indicators on rows.indicator_id = indicators.indicator_id
where rows.authority = $authority and rows.as_at = $as_at;

create or replace temp table matched as
select listed.indicator_id, listed.team, listed.row_id, cases.case_id as system_case, 'exact' as match
from listed join cases on listed.indicator_id = cases.indicator_id and listed.case_id = cases.case_id;

insert into matched
with candidates as (
    select listed.indicator_id, listed.team, listed.row_id, cases.case_id,
        count(*) over each_row as rivals, cases.state is not null as in_cohort,
        count(*) filter (cases.state is not null) over each_row as cohort_rivals
    from listed
    join cases on listed.indicator_id = cases.indicator_id and listed.bare = cases.bare
    anti join matched on listed.row_id = matched.row_id
    window each_row as (partition by listed.row_id)
)
select indicator_id, team, row_id, case_id, 'zeros' from candidates where rivals = 1 or (in_cohort and cohort_rivals = 1);

insert into matched
with candidates as (
    select listed.indicator_id, listed.team, listed.row_id, cases.case_id,
        count(*) over (partition by listed.row_id) as row_rivals,
        count(*) over (partition by listed.indicator_id, listed.team, cases.case_id) as case_rivals
    from listed
    join cases
        on listed.indicator_id = cases.indicator_id and listed.bare_child = cases.bare_child
        and abs(working_days(calendar_day(listed.starts_on), calendar_day(cases.starts_on))) <= 5
    anti join matched on listed.row_id = matched.row_id
    anti join matched as taken
        on cases.indicator_id = taken.indicator_id and listed.team = taken.team and cases.case_id = taken.system_case
    where listed.is_event
)
select indicator_id, team, row_id, case_id, 'near' from candidates where row_rivals = 1 and case_rivals = 1;

-- Rows of one list that mean one case.
create or replace temp table manual_cases as
select
    listed.indicator_id, listed.team, coalesce(matched.system_case, any_value(listed.bare)) as manual_key,
    matched.system_case, arg_min(listed.case_id, listed.row_id) as listed_case, arg_min(listed.child_id, listed.row_id) as child_id,
    arg_min(listed.bare_child, listed.row_id) as bare_child, arg_min(listed.starts_on, listed.row_id) as starts_on,
    arg_min(matched.match, case matched.match when 'exact' then 0 when 'zeros' then 1 else 2 end) as match,
    count(*) filter (listed.in_denominator)::integer as rows_denominator,
    count(*) filter (listed.in_numerator)::integer as rows_numerator,
    coalesce(arg_min(listed.event_date, listed.row_id) filter (listed.in_numerator),
        arg_min(listed.event_date, listed.row_id)) as event_date,
    arg_min(listed.delivery_id, listed.row_id) as delivery_id, arg_min(listed.source_row, listed.row_id) as source_row
from listed left join matched on listed.row_id = matched.row_id
group by listed.indicator_id, listed.team, matched.system_case, case when matched.system_case is null then listed.bare end;
