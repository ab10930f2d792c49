-- Cases open in a side, table by table: begun, and without an end. A child that two lists name as open in one table counts once.
select title, count(*)::integer as cases
from (
    select 'child protection plans' as title, person_id, cp_plan_start_date as began_on
    from conformed.cp_plans where cp_plan_end_date is null and cp_plan_end_date_unusable is not true
    union
    select 'episodes of need', person_id, cin_start_date
    from conformed.cin_episodes where cin_close_date is null and cin_close_date_unusable is not true
    union
    select 'periods of care', person_id, cla_start_date
    from conformed.cla_episodes where cla_ceased_date is null and cla_ceased_date_unusable is not true
    union
    select 'assessments', person_id, assessment_start_date
    from conformed.cin_assessments where assessment_auth_date is null and assessment_auth_date_unusable is not true
)
where began_on is not null
group by title;
