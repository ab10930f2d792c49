-- The counts that a team owes for a date, filled in as far as they were given: the headings of manual_counts.
select
    owes.indicator_id, owes.team, owes.as_at, definitions.case_unit as unit, claims.numerator, claims.denominator,
    claims.counted_by, claims.counted_at, claims.method, claims.note
from facts.owes as owes
join facts.definitions as definitions
    on owes.authority = definitions.authority and owes.indicator_id = definitions.indicator_id and owes.as_at = definitions.as_at
left join claims
    on owes.authority = claims.authority and owes.indicator_id = claims.indicator_id and owes.as_at = claims.as_at
    and owes.team = claims.team
where owes.authority = $authority and owes.as_at = $as_at and owes.team = $team
order by owes.indicator_id
