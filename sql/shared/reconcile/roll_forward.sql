-- Roll-forward of open cases from one as-at date to the next, for every reason: each case is put in one place by what became of it.
create or replace temp table case_reasons as
select items.indicator_id, items.as_at, items.break_key, arg_min(items.reason, known.precedence) as reason
from facts.items as items
join catalogue_reasons as known on items.reason = known.code
where items.authority = $authority and items.effect <> 0 and not items.closed
group by all;

create or replace temp table dates as
select as_at, lag(as_at) over (order by as_at) as before
from (select distinct as_at from facts.basis where authority = $authority);

delete from facts.roll_forward where authority = $authority;

insert into facts.roll_forward
with steps as (
    select dates.as_at, dates.before, now.indicator_id, now.break_key, earlier.reason as reason_before, now.reason as reason_now
    from dates
    join case_reasons as now on dates.as_at = now.as_at
    left join case_reasons as earlier
        on dates.before = earlier.as_at and now.indicator_id = earlier.indicator_id and now.break_key = earlier.break_key
    union all
    select dates.as_at, dates.before, earlier.indicator_id, earlier.break_key, earlier.reason, null
    from dates
    join case_reasons as earlier on dates.before = earlier.as_at
    anti join case_reasons as now
        on dates.as_at = now.as_at and earlier.indicator_id = now.indicator_id and earlier.break_key = now.break_key
),
placed as (
    select steps.*, exists (
        select 1 from case_reasons as once
        where once.indicator_id = steps.indicator_id and once.break_key = steps.break_key and once.as_at < steps.before
    ) as was_there
    from steps
),
moves as (
    select as_at, reason_before as reason, 1 as opening, 0 as new, 0 as reopened, 0 as moved_in,
        (reason_now is not null and reason_now <> reason_before)::integer as moved_out, (reason_now is null)::integer as closed,
        0 as closing
    from placed where reason_before is not null
    union all
    select as_at, reason_now, 0, (reason_before is null and not was_there)::integer, (reason_before is null and was_there)::integer,
        (reason_before is not null and reason_before <> reason_now)::integer, 0, 0, 1
    from placed where reason_now is not null
)
select $authority, as_at, reason, sum(opening), sum(new), sum(reopened), sum(moved_in), sum(moved_out), sum(closed), sum(closing)
from moves group by as_at, reason;
