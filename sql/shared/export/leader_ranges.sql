-- Of a withheld figure nobody but officers is given a value.
select
    * replace (
        case when status <> 'withheld' then recorded end as recorded,
        case when status <> 'withheld' then counted end as counted,
        case when status <> 'withheld' then reconciled end as reconciled,
        case when status <> 'withheld' then fewest end as fewest,
        case when status <> 'withheld' then most end as most,
        case when status <> 'withheld' then reconciled_value end as reconciled_value,
        case when status <> 'withheld' then range_low end as range_low,
        case when status <> 'withheld' then range_high end as range_high
    )
from ranges
