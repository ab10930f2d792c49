-- What is known of the children themselves: who belongs together, who moved, who was not yet born, whose record is locked, who is on a
-- plan and looked after. Reads what units.sql and evidence_sources.sql have gathered.
create or replace temp table siblings as
select distinct mine.root_child, other.root_child as sibling
from family_members as mine
join family_members as other on mine.family_id = other.family_id and mine.root_child <> other.root_child;

-- Children whom another authority took over, no episode begun after it (gone), and who came with a plan within the year (came).
create or replace temp table transferred as
select
    children.root_child,
    exists (
        select 1 from case_rows as gone
        where gone.root_child = children.root_child and gone.transferred and gone.ended_on <= $as_at and not exists (
            select 1 from case_rows as again
            where again.root_child = gone.root_child and again.table_name = gone.table_name and again.began_on >= gone.ended_on
                and again.began_on <= $as_at
        )
    ) as gone,
    exists (
        select 1 from conformed.initial_cp_conference as held
        where held.authority = $authority and bare_key(held.person_id) = children.root_child and held.icpc_transfer_in = 'yes'
            and held.icpc_date between years_before($as_at, 1) and $as_at
    ) as came
from (select distinct sides.root_child from sides) as children;

-- Children not yet born at the date: every date of birth that the newest extracts give lies after it.
create or replace temp table unborn as
select coalesce(apart.root, bare_key(person.person_id)) as root_child
from conformed.person as person
join facts.basis as basis
    on person.contract = basis.contract and person.extracted_on = basis.extracted_on and basis.authority = $authority
    and basis.as_at = $as_at and basis.basis = 'now'
left join apart on person.person_id = apart.person_id
where person.authority = $authority and person.date_of_birth is not null
group by coalesce(apart.root, bare_key(person.person_id))
having min(person.date_of_birth) > $as_at;

-- Records that are known to be there, locked.
create or replace temp table restricted as
select distinct bare_key(person_id) as root_child from conformed.person where authority = $authority and restricted;

-- Children on a plan and looked after at the date, whom some list of the other kind has.
create or replace temp table counted_as_other as
with both_ways as (
    select root_child from case_rows
    where table_name in ('cp_plans', 'cla_episodes') and is_record and began_on <= $as_at and (ended_on is null or ended_on > $as_at)
    group by root_child having count(distinct table_name) = 2
)

select distinct facts.indicator_id, manual.root_child
from indicator_facts as facts
join indicator_facts as others
    on (facts.reads[1], others.reads[1]) in (('cp_plans', 'cla_episodes'), ('cla_episodes', 'cp_plans'))
join manual_cases as manual on others.indicator_id = manual.indicator_id and manual.rows_denominator > 0
semi join both_ways on manual.root_child = both_ways.root_child;
