-- Dates in SQL. calendar.days(day, working_number) has one row per day from 1990 to 2040; working_number counts the working days
-- up to and including the day. day_numbers is the same as a list, so that a look-up is an index and not a join.
create or replace macro working_number(d) as
    case
        when d is null then null
        when d < date '1990-01-01' or d > date '2040-12-31' then error('a date lies outside the calendar of 1990 to 2040')
        else getvariable('day_numbers')[(d::date - date '1990-01-01') + 1]
    end;

-- Working days after a, up to and including b; negative where b lies before a; null for a null.
create or replace macro working_days(a, b) as working_number(b) - working_number(a);

-- The n-th working day after d.
create or replace macro add_working_days(d, n) as getvariable('working_dates')[(working_number(d) + n)::integer];

create or replace macro months_start(d) as date_trunc('month', d)::date;

create or replace macro is_months_end(d) as d::date = last_day(d::date);

-- The same calendar day n years earlier; 29 February becomes 28 February.
create or replace macro years_before(d, n) as (d::date - to_years(n))::date;

create or replace macro on_or_before(d, as_at) as coalesce(d::date <= as_at, false);
