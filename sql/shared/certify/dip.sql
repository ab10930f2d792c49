-- Dip samples as the ledger has them beside what both sides say of each drawn case; a file that was read is evidence for its difference.
-- A result lapses where the fields that it was bound to are others now: then the file is to be read again. `finds` is what a file comes to:
-- agrees, system_wrong, list_wrong, both_wrong, no_file. What its reader said of a side stands beside what the states say.
create schema if not exists desk;

create or replace table desk.dip_files as
with beside as (
    select
        files.*, ids.case_key, coalesce(sides.case_id, ids.case_key) as case_id, sides.child_id, sides.team, sides.break_id,
        coalesce(sides.system_n, 0) as system_n, coalesce(sides.system_d, 0) as system_d, sides.list_n, sides.list_d, sides.system_on,
        coalesce(sides.is_overtaken, false) as is_overtaken, sides.list_on,
        coalesce(sides.bound_system, 'none') as now_system, coalesce(sides.bound_list, '') as now_list,
        files.file_says is not null
        and (files.bound_system <> now_system or (files.bound_list <> '' and files.bound_list <> now_list)) as lapsed
    from book.dip_files as files
    left join book.dip_ids as ids
        on files.authority = ids.authority and files.indicator_id = ids.indicator_id and files.mark = ids.mark
    left join dip_sides as sides
        on files.authority = sides.authority and files.indicator_id = sides.indicator_id and files.as_at = sides.as_at
        and ids.case_key = sides.case_key
),
standing as (
    select * exclude (finds) replace (
            if(lapsed, null, looked_on) as looked_on, if(lapsed, null, looked_by) as looked_by, if(lapsed, null, file_says) as file_says,
            if(lapsed, null, file_on) as file_on
        ),
        if(lapsed, '', finds) as said
    from beside
),
placed as (
    select *,
        case when file_says = 'met' then 1 when file_says in ('not_met', 'not_counted') then 0 end as file_n,
        case when file_says in ('met', 'not_met') then 1 when file_says = 'not_counted' then 0 end as file_d
    from standing
),
judged as (
    select *,
        coalesce(file_n <> system_n or file_d <> system_d or said in ('system_wrong', 'both_wrong'), false) as system_is_wrong,
        coalesce(list_d is not null and (file_n <> list_n or file_d <> list_d or said in ('list_wrong', 'both_wrong')), false)
            as list_is_wrong
    from placed
)
select *,
    case
        when file_says = 'no_file' then 'no_file'
        when system_is_wrong and list_is_wrong then 'both_wrong'
        when system_is_wrong then 'system_wrong'
        when list_is_wrong then 'list_wrong'
        when file_says is not null then 'agrees'
    end as finds,
    if(file_says is null, null, file_says = 'no_file' or system_is_wrong) as is_wrong
from judged;

-- Where a file finds both sides wrong the difference is that, whatever was decided before, and stays open until the record is set right.
update main.breaks as breaks set
    evidence = 'file_checked',
    decision = if(files.finds = 'both_wrong', 'both_wrong', breaks.decision),
    state = if(files.finds = 'both_wrong', 'open', breaks.state),
    proof = concat_ws(
        ' ', breaks.proof, 'The child''s file was read on ' || strftime(files.looked_on, '%-d %B %Y') || ': ' || case files.file_says
            when 'met' then 'it counts and is met' when 'not_met' then 'it counts and is not met' else 'it should not count'
        end || case files.finds
            when 'agrees' then '; both sides are right.' when 'system_wrong' then '; the system is wrong.'
            when 'list_wrong' then '; the list is wrong.' else '; both sides are wrong.'
        end
    )
from desk.dip_files as files
where
    breaks.authority = files.authority and breaks.indicator_id = files.indicator_id and breaks.as_at = files.as_at
    and regexp_replace(breaks.case_id, '^0+([^/])', '\1') = files.case_key and breaks.kind = 'case' and files.file_d is not null;

-- All files ever drawn for a figure count together: who draws again adds files and takes none away.
create or replace temp table dip_samples as
with tallied as (
    select authority, indicator_id, as_at, count(*) as drawn, count(file_says) as looked, count(*) filter (is_wrong) as wrong
    from desk.dip_files group by all
)
select *, looked = drawn and drawn >= $files and wrong <= $most_wrong as passes from tallied;
