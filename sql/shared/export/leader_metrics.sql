-- Of a withheld figure nobody but officers is given a value; how many cases could not be counted may be known.
select
    * replace (
        case when status <> 'withheld' then system_numerator end as system_numerator,
        case when status <> 'withheld' then system_denominator end as system_denominator,
        case when status <> 'withheld' then system_value end as system_value,
        case when status <> 'withheld' then manual_numerator end as manual_numerator,
        case when status <> 'withheld' then manual_denominator end as manual_denominator,
        case when status <> 'withheld' then manual_value end as manual_value,
        case when status <> 'withheld' then reconciled_numerator end as reconciled_numerator,
        case when status <> 'withheld' then reconciled_denominator end as reconciled_denominator,
        case when status <> 'withheld' then reconciled_value end as reconciled_value,
        case when status <> 'withheld' then range_low end as range_low,
        case when status <> 'withheld' then range_high end as range_high,
        case when status <> 'withheld' then largest end as largest,
        case when status <> 'withheld' then children_numerator end as children_numerator,
        case when status <> 'withheld' then children_denominator end as children_denominator
    )
from metrics
