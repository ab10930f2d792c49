-- The lists to be sent out: each team that owes counts with its headline figures, at most seven; those asked for by name beside them.
select
    owes.team, definitions.indicator_id, definitions.title, definitions.question, definitions.measures,
    row_number() over (
        partition by owes.team order by list_contains($indicators, definitions.indicator_id) desc, definitions.indicator_id
    ) as place
from facts.owes as owes
join facts.definitions as definitions
    on owes.authority = definitions.authority and owes.indicator_id = definitions.indicator_id and owes.as_at = definitions.as_at
where
    owes.authority = $authority and owes.as_at = $as_at and ($team is null or owes.team = $team)
    and if(len($indicators) > 0, list_contains($indicators, definitions.indicator_id), definitions.headline)
qualify place <= $most
order by owes.team, definitions.indicator_id
