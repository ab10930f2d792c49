-- Rates of the figures that the public is told: with the population beside it a rate tells its count.
select rates.*
from rates
left join emptied
    on rates.authority = emptied.authority and rates.indicator_id = emptied.indicator_id
    and rates.as_at = emptied.as_at and rates.team = emptied.team
where rates.rate is not null and not coalesce(emptied.figure, false)
