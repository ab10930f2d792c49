-- Workers, who holds which child, who was supervised. A name in quotes, where a macro is used, is the table that is read, since the bare
-- names exist only once a position is looked at.

-- One row per worker of the list of staff: whether in post at the date, in the first year, and one who holds cases.
create or replace macro staff_at(staff, as_at) as table
select
    *,
    nullif(professional_department, '') as team,
    if(full_time_equivalency > 0, full_time_equivalency, null) as fte,
    case when role_end_date <= as_at then 'left' when role_start_date > as_at then 'not_begun' end as outside_post,
    role_end_date_unusable is not true and role_start_date_unusable is not true as post_is_known,
    coalesce(asye = 'yes' and coalesce(asye_start_date <= as_at, true), false) as in_first_year,
    coalesce(
        case_holding, if(coalesce(professional_role, 'social_worker') in ('social_worker', 'senior_practitioner'), 'yes', 'no')
    ) = 'yes' as holds_cases
from query_table(staff)
where professional_id is not null
qualify row_number() over (
    partition by professional_id order by outside_post is not null, delivery_id desc, source_row desc
) = 1;

-- Allocations of one source alone: that of the list of staff, else one that names teams. Several sources name the same children twice,
-- and workers by other numbers. Reviewing officers, co-workers and carers' workers hold no case.
create or replace macro allocations_of_record(allocations, staff) as table
select *, coalesce(involvement_start_date_unusable or involvement_end_date_unusable or involvement_start_date is null, false) as unclear
from query_table(allocations)
where person_id is not null
    and coalesce(professional_role_id, 'allocated') in ('allocated', 'duty', 'supervisor')
    and contract = (
        select named.contract
        from (
            select contract, count(professional_team) > 0 as names_teams from query_table(allocations) group by contract
        ) as named
        order by
            split_part(named.contract, '.', 1) in (select split_part(contract, '.', 1) from query_table(staff)) desc,
            named.names_teams desc, named.contract desc
        limit 1
    );

-- Who holds each child at a date: the allocated worker before a duty worker, then the allocation that began last. An allocation covers
-- its last day. One whose dates cannot be read may be the holder's, and is unclear.
create or replace macro holders_at(allocations, staff, as_at) as table
select *, professional_id as holder
from allocations_of_record(allocations, staff)
where coalesce(involvement_start_date <= as_at, unclear) and coalesce(involvement_end_date >= as_at, true)
qualify row_number() over (
    partition by person_id
    order by
        coalesce(professional_role_id, 'allocated') <> 'allocated' asc, involvement_start_date desc nulls last,
        involvement_end_date desc nulls first, professional_id asc, delivery_id desc, source_row desc
) = 1;

-- How many children each worker holds at a date: every worker on the list of staff, and every holder who is on no list.
create or replace macro caseloads_at(allocations, staff, as_at) as table
with held as (
    select
        holder, count(*) filter (not unclear) as cases, count(*) filter (unclear) as unclear_cases,
        arg_max(professional_team, {'day': coalesce(involvement_start_date, date '1990-01-01'), 'child': person_id}) as held_in,
        max(delivery_id) as delivery_id, max(source_row) as source_row
    from holders_at(allocations, staff, as_at)
    where holder is not null
    group by holder
)

select
    coalesce(professional_id, holder) as worker_id, coalesce(people.team, held_in) as team, fte, professional_role, in_first_year,
    role_start_date, coalesce(cases, 0) as cases, coalesce(unclear_cases, 0) as unclear_cases,
    coalesce(post_is_known, true) as post_is_known,
    coalesce(outside_post, if(holder is null, 'holds_no_case', null)) as outside,
    coalesce(people.delivery_id, held.delivery_id) as delivery_id, coalesce(people.source_row, held.source_row) as source_row
from staff_at(staff, as_at) as people
full join held on professional_id = holder;

-- Supervision of each worker up to a date. A register names the worker by number or by name; a name that several have is settled by the
-- team, and where that does not settle it nobody can say who was supervised. A name that nobody has is a row of its own.
create or replace macro supervised_at(register, staff, as_at) as table
with people as (
    select
        *, lower(trim(professional_name)) as name,
        count(*) over (partition by lower(trim(professional_name))) as alike,
        count(*) over (partition by lower(trim(professional_name)), team) as alike_in_team
    from staff_at(staff, as_at)
),

entries as (
    select
        lower(trim(worker)) as named, team as named_in, supervision_date, delivery_id, source_row,
        coalesce(supervision_date_unusable, false) or supervision_date is null as odd
    from query_table(register)
    where coalesce(supervision_kind, if(person_id is null, 'worker', 'case')) = 'worker' and worker is not null
        and coalesce(supervision_date <= as_at, true)
),

matched as (
    select people.professional_id, entries.named, entries.supervision_date, entries.odd, false as doubtful
    from entries join people on entries.named = lower(people.professional_id)
    union all by name
    select people.professional_id, entries.named, entries.supervision_date, entries.odd, people.alike_in_team > 1 as doubtful
    from entries join people on entries.named = people.name and (people.alike = 1 or people.team = entries.named_in)
),

last as (
    select
        professional_id, max(supervision_date) filter (not odd and not doubtful) as last_on, bool_or(odd or doubtful) as doubtful
    from matched group by professional_id
)

select
    professional_id as worker_id, professional_id as worker, team, role_start_date, asye_start_date, in_first_year, post_is_known, last_on,
    coalesce(doubtful, false) as doubtful, coalesce(outside_post, if(holds_cases, null, 'no_case_holder')) as outside,
    delivery_id, source_row
from people left join last using (professional_id)
union all by name
select
    'name:' || named as worker_id, named as worker, max(named_in) as team, false as in_first_year, true as post_is_known,
    max(supervision_date) as last_on, false as doubtful, 'not_on_the_list' as outside,
    max(delivery_id) as delivery_id, max(source_row) as source_row
from entries
where named not in (select named from matched)
group by named;

-- Children whose work is open at a date: in need, on a plan or looked after; one row each, an open one first.
create or replace macro open_children(needs, plans, cares, as_at) as table
with rows_of as (
    select
        person_id, team, worker, cin_start_date as began, cin_close_date as ended, cin_close_date_unusable as odd, delivery_id,
        source_row, 1 as place
    from query_table(needs)
    union all by name
    select
        person_id, team, worker, cp_plan_start_date as began, cp_plan_end_date as ended, cp_plan_end_date_unusable as odd, delivery_id,
        source_row, 2 as place
    from query_table(plans)
    union all by name
    select
        person_id, team, worker, cla_start_date as began, cla_ceased_date as ended, cla_ceased_date_unusable as odd, delivery_id,
        source_row, 3 as place
    from query_table(cares)
)

select *, outside_open(began, ended, as_at) as outside, open_at(began, ended, odd, as_at) is not null as countable
from rows_of
where person_id is not null
qualify row_number() over (
    partition by person_id order by outside is not null asc, not countable asc, place desc, delivery_id desc, source_row desc
) = 1;

-- Audits, one row per child and day, with the grade of one theme: after moderation where that was done by the date.
create or replace macro audits_of(audits, theme, as_at) as table
select
    *,
    event_case(person_id, audit_date, source_row) as case_id,
    coalesce(audit_theme, 'overall') <> theme as other_theme,
    moderated_grade is not null and coalesce(moderated_date <= as_at, true) as moderated,
    if(moderated, moderated_grade, original_grade) as grade,
    coalesce(if(moderated, moderated_grade_unusable, original_grade_unusable), false) as grade_odd
from query_table(audits)
where person_id is not null
qualify row_number() over (
    partition by case_id order by other_theme asc, extracted_on desc, delivery_id desc, source_row desc
) = 1;

-- What an audit's date says against a period.
create or replace macro outside_audit(other_theme, audit_date, period_start, as_at) as
    case
        when other_theme then 'other_theme'
        when audit_date < period_start then 'before'
        when audit_date > as_at then 'after'
    end;

-- Grades as points, the best highest.
create or replace macro grade_points(grade) as
    case grade when 'outstanding' then 4 when 'good' then 3 when 'requires_improvement' then 2 when 'inadequate' then 1 end;
