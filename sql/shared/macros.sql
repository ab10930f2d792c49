-- Dates in SQL, 1990 to 2040. working_months has one number per month: the working days before it, and 31 bits that say which of its
-- days are working days. working_eights has one per eight working days: the first one's distance from 1990-01-01, and the distances of
-- the eight from it, five bits each. So a look-up is an index into a short list and not a join.
create or replace macro working_code(d) as getvariable('working_months')[(year(d::date) - 1990) * 12 + month(d::date)];

-- How many working days there are from 1990 up to and including d.
create or replace macro working_number(d) as
    case
        when d is null then null
        when d < date '1990-01-01' or d > date '2040-12-31' then error('a date lies outside the calendar of 1990 to 2040')
        else ((working_code(d) >> 32) + bit_count(working_code(d) & ((1::bigint << day(d::date)) - 1)))::integer
    end;

-- Working days after a, up to and including b; negative where b lies before a; null for a null.
create or replace macro working_days(a, b) as working_number(b) - working_number(a);

-- The n-th working day after d; null where the calendar has none. Lists of one give what is used twice a name.
create or replace macro working_date(code, place) as date '1990-01-01' + ((code >> 40) + ((code >> (5 * place)) & 31))::integer;

create or replace macro date_of_number(k) as
    if(k between 1 and getvariable('last_working_number'),
        list_transform([getvariable('working_eights')[k // 8 + 1]], lambda code: working_date(code, k % 8))[1], null);

create or replace macro add_working_days(d, n) as
    list_transform([working_number(d) + n], lambda k: date_of_number(k::integer))[1];

create or replace macro months_start(d) as date_trunc('month', d)::date;

create or replace macro is_months_end(d) as d::date = last_day(d::date);

-- The same calendar day n years earlier; 29 February becomes 28 February.
create or replace macro years_before(d, n) as (d::date - to_years(n))::date;

create or replace macro on_or_before(d, as_at) as coalesce(d::date <= as_at, false);

-- A parameter's value for a kind of case: an authority's own for it, else the usual one, which stands under ''.
create or replace macro by_kind(limits, kind) as coalesce(limits[coalesce(kind, '')], limits['']);
