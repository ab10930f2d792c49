-- What system and lists say of the cases of figures that files are drawn of (`dip_wanted`), and a hash of the fields on each side: what a
-- file's result is bound to. Leading zeros of the child's id aside. What came after the date, and stands in a newer extract in the place of
-- what stood then, is no part of it.
create or replace temp table dip_sides as
with members as (
    select
        authority, indicator_id, as_at, regexp_replace(case_id, '^0+([^/])', '\1') as case_key, any_value(case_id) as case_id,
        any_value(child_id) as child_id, any_value(team) as team, bool_or(in_denominator)::integer as system_d,
        bool_or(in_numerator)::integer as system_n, max(decides_on) filter (decides_on <= as_at) as system_on,
        coalesce(bool_and(decides_on > as_at), false) as is_overtaken,
        md5(string_agg(
            concat_ws('|', state, outside, in_denominator, in_numerator, 's' || starts_on, 'e' || if(decides_on <= as_at, decides_on, null),
                'd' || if(done_on <= as_at, done_on, null), 'v' || value),
            chr(10) order by case_id, source_row
        )) as bound_system
    from facts.members
    where (authority, indicator_id, as_at) in (select (authority, indicator_id, as_at) from dip_wanted)
    group by all
),
differing as (
    select
        authority, indicator_id, as_at, regexp_replace(case_id, '^0+([^/])', '\1') as case_key, any_value(case_id) as case_id,
        any_value(child_id) as child_id, any_value(coalesce(of_team, team)) as team,
        bool_or(manual_in) filter (measure = 'denominator')::integer as list_d,
        bool_or(manual_in) filter (measure = 'numerator')::integer as list_n, max(event_date) as list_on,
        min(break_id) as break_id,
        md5(array_to_string(list_sort(list_distinct(list(concat_ws('|', measure, manual_in, 'e' || event_date)))), ' ')) as bound_list
    from main.breaks
    where kind = 'case' and case_id is not null
        and (authority, indicator_id, as_at) in (select (authority, indicator_id, as_at) from dip_wanted)
    group by all
),
joined as (
    select
        authority, indicator_id, as_at, case_key, coalesce(members.case_id, differing.case_id) as case_id,
        coalesce(members.child_id, differing.child_id) as child_id, coalesce(members.team, differing.team) as team,
        coalesce(members.system_d, 0) as system_d, coalesce(members.system_n, 0) as system_n, members.system_on,
        coalesce(members.is_overtaken, false) as is_overtaken, differing.list_on,
        differing.break_id, coalesce(members.bound_system, 'none') as bound_system, coalesce(differing.bound_list, '') as bound_list,
        differing.case_key is not null as is_different, differing.list_d, differing.list_n
    from members
    full join differing using (authority, indicator_id, as_at, case_key)
),
listed as (
    select
        joined.*,
        definitions.measures = 'count' as is_headcount,
        -- a number that was left blank has no grade: nobody knows what the team says
        coalesce(claims.comparable and claims.grade_numerator = 'listed', false)
        and (definitions.measures <> 'share' or coalesce(claims.grade_denominator = 'listed', false)) as is_listed
    from joined
    join facts.definitions as definitions
        on joined.authority = definitions.authority and joined.indicator_id = definitions.indicator_id and joined.as_at = definitions.as_at
    left join facts.claims as claims
        on joined.authority = claims.authority and joined.indicator_id = claims.indicator_id and joined.as_at = claims.as_at
        and joined.team = claims.team
),
-- Of a case without a difference a full list says what the system says; where there is no full list nobody knows what the team says.
denominators as (
    select * replace (
        case
            when not is_different then if(is_listed, system_d, null)
            else coalesce(list_d, if(is_headcount, list_n, system_d))
        end as list_d
    ) from listed
)
select * exclude (is_different, is_headcount, is_listed) replace (
    case when not is_different then if(is_listed, system_n, null) else coalesce(list_n, least(system_n, list_d)) end as list_n
) from denominators;
