-- Whether a team counted other days: a claim whose every listed case is met or not as calendar days say (or weekdays, bank holidays not
-- left out), two of them at least against the working days of the definition. reached is the day that is held against the limit, clock
-- the day from which it runs. An indicator whose figure is not of this shape, by its own cases, is asked nothing.
create or replace temp table clocks as
select
    cases.indicator_id, cases.case_id, cases.in_numerator, facts.working_days as days, facts.better = 'low' as late_is_met,
    if(facts.is_event, cases.starts_on, cases.done_on) as clock, if(facts.is_month, cases.done_on, $as_at) as reached
from cases
join indicator_facts as facts on cases.indicator_id = facts.indicator_id
where cases.in_denominator and facts.working_days is not null and facts.better in ('high', 'low');

create or replace temp table days_counted as
select
    indicator_id, case_id, in_numerator,
    late_is_met = coalesce(working_days(calendar_day(clock), calendar_day(reached)) > days, true) as by_working_days,
    {
        'calendar days': late_is_met = coalesce(reached - clock > days, true),
        'weekdays': late_is_met = coalesce(weekdays(clock, reached) > days, true)
    } as by_other
from clocks;

create or replace temp table other_days as
with shaped as (
    select indicator_id from days_counted group by indicator_id having bool_and(by_working_days = in_numerator)
),

listed_cases as (
    select
        manual.indicator_id, manual.team, manual.system_case, manual.rows_numerator > 0 as listed_as_met, days.in_numerator,
        unnest(['calendar days', 'weekdays']) as how, unnest([days.by_other['calendar days'], days.by_other['weekdays']]) as met_so
    from manual_cases as manual
    join days_counted as days on manual.indicator_id = days.indicator_id and manual.system_case = days.case_id
    semi join shaped on manual.indicator_id = shaped.indicator_id
    where manual.rows_denominator > 0
)

select indicator_id, team
from (
    select indicator_id, team, how
    from listed_cases
    group by indicator_id, team, how
    having bool_and(listed_as_met = met_so) and count(*) filter (listed_as_met <> in_numerator) >= 2
)
group by indicator_id, team;
