-- Keys of cases. A case is a child, or a child and an ISO start date joined by the last slash.
create or replace macro child_of(case_id, is_event) as
    case when is_event and contains(case_id, '/') then regexp_replace(case_id, '/[^/]*$', '') else case_id end;

create or replace macro start_of(case_id, is_event) as
    case when is_event and contains(case_id, '/') then try_cast(regexp_extract(case_id, '/([^/]*)$', 1) as date) end;

-- The same key with leading zeros of the child's id ignored.
create or replace macro bare_key(case_id) as
    case when ltrim(case_id, '0') = '' or starts_with(ltrim(case_id, '0'), '/') then '0' || ltrim(case_id, '0')
        else ltrim(case_id, '0') end;

-- The same key under another id of the child.
create or replace macro root_key(case_id, child_id, root_child) as
    case when starts_with(case_id, child_id || '/') then root_child || substr(case_id, length(child_id) + 1) else root_child end;

-- Spellings of a person that differ in case, spaces or punctuation are one person.
create or replace macro person_key(name) as regexp_replace(lower(nfc_normalize(coalesce(name, ''))), '[^\p{L}\p{N}]+', '', 'g');

create or replace macro definition_key(words) as regexp_replace(lower(words), '[^a-z0-9]+', '', 'g');

-- What a decision is bound to: the case as the list spells it, and what both rows say; and the same under the child's other ids.
create or replace macro bound_to(listed_case, said) as md5(concat_ws('|', coalesce(listed_case, ''), said));

create or replace macro bound_to_any(cases, said) as list_transform(cases, lambda one: md5(concat_ws('|', one, said)));

-- A fact as people read it: a date as a day, all else as it is.
create or replace macro told(fact) as
    case when typeof(fact) = 'DATE' then strftime(try_cast(fact::varchar as date), '%-d %B %Y') else fact::varchar end;

-- A unit of counting in words, one or several.
create or replace macro unit_words(unit, n) as
    case unit
        when 'family' then if(n = 1, 'family', 'families')
        when 'child' then if(n = 1, 'child', 'children')
        else if(n = 1, unit, unit || 's')
    end;

-- What can be reconciled, by the rows of the list that belong to the measure.
create or replace macro grade_of(claimed, listed) as
    case
        when claimed is null then null
        when listed = claimed then 'listed'
        when listed = 0 then 'count_only'
        when listed < claimed then 'partly_listed'
        else 'over_listed'
    end;

-- A case id as people type it: the child's part upper case, trimmed and without a trailing .0.
create or replace macro id_text(id) as regexp_replace(upper(trim(id)), '\.0$', '');

create or replace macro case_key(case_id, is_event) as
    case
        when is_event and contains(case_id, '/')
            then id_text(child_of(trim(case_id), true)) || '/' || trim(regexp_extract(case_id, '/([^/]*)$', 1))
        else id_text(case_id)
    end;

create or replace macro calendar_day(d) as case when d between date '1990-01-01' and date '2040-12-31' then d end;

-- Mondays to Fridays after a, up to and including b: bank holidays are not left out.
create or replace macro weekday_number(d) as
    5 * ((d - date '1989-12-31') // 7) + least((d - date '1989-12-31') % 7, 5);

create or replace macro weekdays(a, b) as weekday_number(b) - weekday_number(a);
