-- From a cell's text to a typed value. Every macro gives null for what it cannot use; none guesses.

-- ISO or DD/MM/YYYY, a time of day ignored.
create or replace macro any_date(t) as
    case
        when regexp_full_match(t, '\d{4}-\d\d-\d\d([T ].*)?') then try_cast(t[1:10] as date)
        when regexp_full_match(t, '\d\d/\d\d/\d{4}( .*)?') then try_cast(t[7:10] || '-' || t[4:5] || '-' || t[1:2] as date)
    end;

create or replace macro within(d, first_day, last_day) as case when d between first_day and last_day then d end;

-- A date of an event: inside the calendar.
create or replace macro as_date(t) as within(any_date(t), date '1990-01-01', date '2040-12-31');

-- A date of birth: 1900-01-01 is what systems write for "not known".
create or replace macro as_birth_date(t) as within(any_date(t), date '1900-01-02', date '2040-12-31');

create or replace macro as_integer(t) as
    case when regexp_full_match(t, '[+-]?\d+(\.0+)?') then try_cast(split_part(t, '.', 1) as integer) end;

-- A number that may have decimals, such as a share of full time.
create or replace macro as_number(t) as
    case when regexp_full_match(t, '[+-]?\d{1,9}(\.\d+)?') then try_cast(t as double) end;

-- An age in completed years: systems write 6.138 for a child of six, and -1 for one not yet born.
create or replace macro as_age(t) as
    case when regexp_full_match(t, '[+-]?\d{1,3}(\.\d+)?') then floor(try_cast(t as double))::integer end;

-- White space of every kind as single spaces, none at the ends.
create or replace macro squeeze(t) as trim(regexp_replace(t, '[\s\x{0085}\x{00a0}\x{2000}-\x{200b}\x{202f}\x{205f}\x{3000}\x{feff}]+',
    ' ', 'g'));

-- A name as it is compared.
create or replace macro fold_name(t) as lower(squeeze(t));

-- A code as it is compared: case, quotes, punctuation and spaces do not matter, nor does a letter prefix such as "b) ".
create or replace macro norm_code(t) as
    trim(regexp_replace(
        regexp_replace(regexp_replace(lower(nfc_normalize(t)), '[''’‘`"“”]', '', 'g'), '^\s*[a-z]{1,2}\)\s*(\S)', '\1'),
        '[^\p{L}\p{N}+]+', ' ', 'g'
    ));

create or replace macro as_flag(t) as
    case
        when norm_code(t) in ('yes', 'y', '1', 'true', 't') then true
        when norm_code(t) in ('no', 'n', '0', 'false', 'f') then false
    end;

-- A child's initials: up to three letters alone are taken as they are, of names the first letter of each. Never a name.
create or replace macro initials_of(t) as
    nullif(upper(case
        when regexp_full_match(squeeze(t), '\p{L}{1,3}') then squeeze(t)
        else array_to_string([word[1] for word in regexp_extract_all(t, '\p{L}+')], '')[1:4]
    end), '')
