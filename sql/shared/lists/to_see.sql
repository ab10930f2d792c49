-- Whom the published members name to be seen today, by the lists of sql/lists (temporary table list_entries): every reason, then one row
-- per child and one per worker, in order of risk. The newest position of each authority; pages and workbooks read desk.*.
create schema if not exists desk;

-- What a list says of a member: of its sentences the first whose days are known. Days are told as "1 working day" or "12 working days".
create or replace temp macro in_working_days(n) as if(n = 1, '1 working day', n || ' working days');
create or replace temp macro days_between(a, b) as
    case when a <= b and a >= date '1990-01-01' and b <= date '2040-12-31' then working_days(a, b) end;

create or replace table desk.lists as
with newest as (
    select authority, max(as_at) as as_at from facts.definitions group by authority
)
select
    newest.authority, newest.as_at, entries.list, entries.list_title, entries.question, entries.unit, entries.indicator_id, entries.rank,
    entries.why, entries.needs, definitions.title, definitions.indicator_id is not null as is_made
from newest
cross join list_entries as entries
left join facts.definitions as definitions
    on newest.authority = definitions.authority and newest.as_at = definitions.as_at
    and entries.indicator_id = definitions.indicator_id;

create or replace table desk.reasons_to_see as
with listed as (
    select
        members.authority, members.as_at, entries.unit, entries.list, entries.list_title, entries.rank, members.indicator_id,
        members.case_id, members.child_id, members.team, members.worker, members.state, members.done_on,
        if(members.state = 'unusable', null, members.due_on) as due_on, -- of dates that cannot be read no due day follows
        if(members.state = 'unusable', null, days_between(members.due_on, members.as_at)) as days_late,
        days_between(members.done_on, members.as_at) as days_since,
        entries.says, entries.unreadable
    from desk.lists as lists
    join list_entries as entries on lists.list = entries.list and lists.indicator_id = entries.indicator_id
    join main.members as members
        on lists.authority = members.authority and lists.as_at = members.as_at and entries.indicator_id = members.indicator_id
    where list_contains(entries.states, members.state)
        and case entries.unit when 'child' then members.child_id is not null else true end
)
select
    * exclude (says, unreadable),
    case when state = 'unusable' then unreadable else replace(
        replace(
            list_filter(
                says, lambda said: (days_late is not null or not contains(said, '{late}'))
                and (days_since is not null or not contains(said, '{since}'))
            )[1],
            '{late}', coalesce(in_working_days(days_late), '')
        ), '{since}', coalesce(in_working_days(days_since), '')
    ) end as says
from listed;

-- A child in four lists is one row. Order: the highest risk, then no readable date before the longest overdue, then the most reasons.
create or replace table main.to_see as
with children as (
    select
        authority, as_at, child_id, min(rank) as rank, count(*)::integer as reason_count,
        first(team order by rank asc, days_late desc nulls first, case_id asc) filter (team is not null) as team,
        list(distinct team order by team) filter (team is not null) as team_names,
        first(worker order by rank asc, days_late desc nulls first, case_id asc) filter (worker is not null) as worker,
        list(says order by rank asc, days_late desc nulls first, case_id asc) as sentences,
        list_distinct(list(indicator_id)) as indicator_ids,
        list_distinct(list(list_title)) as list_titles,
        min(if(due_on <= as_at, due_on, null)) as overdue_since,
        max(days_late) as days_overdue,
        first(days_late order by rank asc, days_late desc nulls first, case_id asc) as days_late
    from desk.reasons_to_see
    where unit = 'child'
    group by authority, as_at, child_id
)
select
    authority, as_at,
    (row_number() over (
        partition by authority, as_at order by rank asc, days_late desc nulls first, reason_count desc, child_id asc
    ))::integer as place,
    child_id, team, array_to_string(team_names, '; ') as teams, worker, rank::integer as rank,
    array_to_string(list_sort(list_titles), '; ') as lists, array_to_string(list_sort(indicator_ids), '; ') as indicators,
    array_to_string(sentences, '; ') as reasons, overdue_since, days_overdue::integer as days_overdue, reason_count
from children;

create or replace table main.to_supervise as
with workers as (
    select *
    from desk.reasons_to_see
    where unit = 'worker'
    qualify row_number() over (partition by authority, case_id order by rank asc, days_late desc nulls first) = 1
)
select
    authority, as_at,
    (row_number() over (
        partition by authority, as_at order by rank asc, days_late desc nulls first, coalesce(worker, case_id) asc, case_id asc
    ))::integer as place,
    case_id as worker_id, worker, team, indicator_id, says as reason, if(due_on <= as_at, due_on, null) as overdue_since,
    done_on as last_on, days_late::integer as days_overdue
from workers;
