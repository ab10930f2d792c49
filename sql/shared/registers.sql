-- Registers of which several figures ask the same, another part of the answer being met: what pre-proceedings came to, how long a case at
-- court lasts, which actions were done by their day, when visits were written up, how audits were graded. A name in quotes is a table.

-- Times in pre-proceedings that were decided upon in a period. An application to the court stands for a decision to issue that nobody
-- entered.
create or replace macro decided_upon(register, first_day, as_at) as table
with spells as (
    select
        *,
        coalesce(agree_stepdown_issue_date, court_application_date) as decided_on,
        coalesce(pre_pro_came_to(pre_pro_outcome), if(court_application_date <= as_at, 'issue', null)) as came_to
    from times_in_pre_proceedings(register, as_at)
)

select
    *,
    case
        when decided_on < first_day then 'not_in_period'
        when pre_pro_start_date > as_at then 'not_begun'
        when decided_on > as_at or (decided_on is null and agree_stepdown_issue_date_unusable is not true) then 'undecided'
    end as outside
from spells;

-- Proceedings about each child, from the rows of the court's timetable: begun, ended, and who held the case at the last entry.
create or replace macro proceedings_of(timetable) as table
with entries as (
    select *, coalesce(issued_date, max(issued_date) over (partition by person_id, court_case_number)) as issued_on
    from as_it_stands(timetable)
),

proceedings as (
    select
        person_id,
        issued_on,
        max(concluded_date) as concluded_on,
        bool_or(concluded_date_unusable) and concluded_on is null as unclear,
        arg_max(
            {'team': team, 'worker': worker, 'delivery_id': delivery_id, 'source_row': source_row},
            {'on': extracted_on, 'directed': coalesce(directed_date, date '1990-01-01'), 'delivery': delivery_id, 'row': source_row}
        ) as entry
    from entries
    group by person_id, issued_on
)

select
    person_id, issued_on, concluded_on, coalesce(unclear, false) as unclear, entry['team'] as team, entry['worker'] as worker,
    entry['delivery_id'] as delivery_id, entry['source_row'] as source_row,
    event_case(person_id, issued_on, entry['source_row']) as case_id
from proceedings;

-- Actions of one origin that fell due in a period, and whether they were done by then.
create or replace macro actions_due(register, origin, first_day, as_at) as table
select
    *,
    action_number as case_id,
    case
        when coalesce(action_source, '') <> origin then 'other_source'
        when due_date is null and due_date_unusable is not true then 'no_due_date'
        when due_date < first_day then 'before'
        when due_date > as_at then 'after'
    end as outside,
    coalesce(closed_date <= due_date, false) as met
from query_table(register)
qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1;

-- Visits whose time to be written up ran out in a period. A draft is not written up; where no day of finishing is kept, the day of
-- recording is.
create or replace macro written_up(register, within_working_days, first_day, as_at) as table
with entries as (
    select
        *,
        event_case(person_id, visit_date, source_row) || '/' || coalesce(visit_type, 'visit') as case_id,
        coalesce(finalised_date, if(status is distinct from 'draft', recorded_date, null)) as written_on,
        coalesce(finalised_date_unusable or (finalised_date is null and recorded_date_unusable), false) as odd,
        add_working_days(visit_date, within_working_days) as due_on
    from query_table(register)
    where person_id is not null
    qualify row_number() over (
        partition by case_id order by extracted_on desc, written_on asc nulls last, delivery_id desc, source_row desc
    ) = 1
)

select *, case when due_on < first_day then 'before' when due_on > as_at then 'not_yet' end as outside
from entries;

-- Audits of one theme in a period as members: met where the grade is one of those asked for.
create or replace macro graded_audits(audits, theme, grades, period_start, as_at) as table
with cases as (
    select
        *,
        coalesce(
            outside_audit(other_theme, audit_date, period_start, as_at), if(grade is null and not grade_odd, 'not_graded', null)
        ) as left_out
    from audits_of(audits, theme, as_at)
)

select
    case_id, person_id as child_id, team, worker,
    case_state(
        left_out, false, audit_date is not null, if(grade_odd, 'unusable', null), list_contains(string_split(grades, ' '), grade)
    ) as state,
    counts(state) as in_denominator, is_met(state) as in_numerator, left_out as outside, audit_date as starts_on,
    audit_date as decides_on, null::date as due_on, if(audit_date <= as_at, audit_date, null) as done_on, delivery_id, source_row
from cases;
