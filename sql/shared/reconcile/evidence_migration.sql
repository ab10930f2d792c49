-- What went missing at a change of case system: children with an open episode in the last extract before the go-live (went_live) whom the
-- extract that the figure is made of holds in no row of that list, under any id. A child is one of a block, found by shape
-- (sql/shared/migrate/blocks.sql), or nothing is proved of it: children whose work ended leave the lists one by one.
create or replace temp table before_extracts as
select
    now.contract, max(went_live.on_day) as on_day, now.extracted_on as after_on,
    max(before.extracted_on) as before_on
from facts.basis as now
join went_live on now.extracted_on >= went_live.on_day
join typed.extracts as before
    on now.authority = before.authority and now.contract = before.contract and before.extracted_on < went_live.on_day
where now.authority = $authority and now.as_at = $as_at and now.basis = 'now'
    and went_live.on_day = (select max(day.on_day) from went_live as day where day.on_day <= now.extracted_on)
group by now.contract, now.extracted_on;

create or replace temp table before_rows as
with rows as (
    select 'cp_plans' as list, contract, extracted_on, person_id, cp_plan_start_date as began_on, cp_plan_end_date as ended_on,
        team, worker, initial_category as code, 'category of abuse' as code_name
    from conformed.cp_plans where authority = $authority
    union all by name
    select 'cin_episodes' as list, contract, extracted_on, person_id, cin_start_date as began_on, cin_close_date as ended_on, team, worker,
        cin_primary_need as code, 'primary need' as code_name
    from conformed.cin_episodes where authority = $authority
    union all by name
    select 'cla_episodes' as list, contract, extracted_on, person_id, cla_start_date as began_on, cla_ceased_date as ended_on, team, worker,
        legal_status as code, 'legal status' as code_name
    from conformed.cla_episodes where authority = $authority
    union all by name
    select 'cin_assessments' as list, contract, extracted_on, person_id, assessment_start_date as began_on,
        assessment_auth_date as ended_on, team, worker, null as code, null as code_name
    from conformed.cin_assessments where authority = $authority
),

named as (
    select rows.*, coalesce(roots.root, bare_key(rows.person_id)) as root_child, extracts.on_day, extracts.before_on,
        extracts.after_on, rows.extracted_on = extracts.after_on as is_after
    from rows
    join before_extracts as extracts
        on rows.contract = extracts.contract and rows.extracted_on in (extracts.before_on, extracts.after_on)
    join facts.sources as sources
        on sources.authority = $authority and sources.as_at = $as_at and sources.table_name = rows.list and sources.contract = rows.contract
    left join listed_roots as roots on bare_key(rows.person_id) = roots.bare
)

select before.* exclude (is_after, ended_on), row_number() over (order by before.list, before.root_child, before.began_on) as row_id,
    after.root_child is null as is_missing
from named as before
left join (select distinct list, root_child from named where is_after) as after
    on before.list = after.list and before.root_child = after.root_child
where not before.is_after and before.ended_on is null;

create or replace temp table block_rows as select list, row_id, is_missing from before_rows;

create or replace temp table block_values as
select list, row_id, 'team' as shape, 'team' as column_name, team as value, null::bigint as place from before_rows
union all
select list, row_id, 'worker', 'worker', worker, null from before_rows
union all
select list, row_id, 'code', code_name, code, null from before_rows where code_name is not null
union all
select list, row_id, 'ids', 'id', person_id, try_cast(regexp_extract(person_id, '(\d{1,17})\D*$', 1) as bigint) as number
from before_rows where number is not null
union all
select list, row_id, 'dates', 'start', began_on::varchar, began_on - date '1900-01-01' from before_rows where began_on is not null;
