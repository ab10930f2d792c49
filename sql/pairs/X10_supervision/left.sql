-- One row per worker on the list of staff or in the tracker; a case holder counts where the last supervision is recent enough.
select
    worker_id as case_id,
    null::varchar as child_id,
    team,
    case
        when outside = 'not_on_the_list' then if($as_at - last_on <= $supervise_within_days, null, 'too_long_ago')
        else coalesce(outside, if(coalesce($as_at - last_on <= $supervise_within_days, false), null, 'too_long_ago'))
    end as outside,
    post_is_known and not doubtful as countable,
    last_on as starts_on,
    if(last_on is null, 'never', 'last on ' || strftime(last_on, '%d/%m/%Y')) as says,
    delivery_id,
    source_row
from supervised_at('supervision', 'professionals', $as_at)
