-- Supervision, open work and audits. A name in quotes, where a macro is used, is the table that is read, since the bare names exist only
-- once a position is looked at.

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
