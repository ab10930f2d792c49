-- Rows of one list that mean one case.
create or replace temp table manual_cases as
select
    listed.indicator_id, listed.team, coalesce(matched.system_case, any_value(listed.root)) as manual_key,
    matched.system_case, arg_min(listed.case_id, listed.row_id) as listed_case, arg_min(listed.child_id, listed.row_id) as child_id,
    arg_min(listed.root_child, listed.row_id) as root_child, arg_min(listed.starts_on, listed.row_id) as starts_on,
    arg_min(matched.match, list_position(['exact', 'zeros', 'link', 'near'], matched.match)) as match,
    count(*) filter (listed.in_denominator)::integer as rows_denominator,
    count(*) filter (listed.in_numerator)::integer as rows_numerator,
    coalesce(arg_min(listed.event_date, listed.row_id) filter (listed.in_numerator),
        arg_min(listed.event_date, listed.row_id)) as event_date,
    arg_min(listed.delivery_id, listed.row_id) as delivery_id, arg_min(listed.source_row, listed.row_id) as source_row
from listed left join matched on listed.row_id = matched.row_id
group by listed.indicator_id, listed.team, matched.system_case, case when matched.system_case is null then listed.root end;
