-- A difference with its age: `ages` has the working days from each first_seen to the day of the export.
select breaks.*, ages.age_working_days
from breaks
left join ages on breaks.first_seen = ages.first_seen
