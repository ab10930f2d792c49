-- One row per child and day of an audit; a member is an audit of the month with a grade of the theme, met where the grade, after
-- moderation where there was one by the date, is good or better.
select *
from graded_audits('audits', $theme, $grades, $period_start, $as_at)
