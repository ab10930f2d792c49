-- One row per child in the register as it stands; it counts where the temporary approval is needed at the date.
select
    person_id as case_id,
    person_id as child_id,
    team,
    outside,
    countable,
    placement_start_date as starts_on,
    if(holds_until is null, null, 'until ' || strftime(holds_until, '%d/%m/%Y')) as says,
    delivery_id,
    source_row
from temporary_approvals('reg24_approvals', $as_at, $approval_days, $extension_days)
qualify row_number() over (
    partition by person_id order by outside is not null, not countable, placement_start_date desc, delivery_id desc, source_row desc
) = 1
