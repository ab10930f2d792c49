-- A difference with its two ages: `ages` has the working days from each day to the day of the export.
select breaks.*, seen.age_working_days, happened.age_working_days as event_age_working_days
from breaks
left join ages as seen on breaks.first_seen = seen.day
left join ages as happened on coalesce(breaks.event_date, breaks.decides_on) = happened.day
