-- Words that several indicators share: when a case is open, what its state counts for, and what is known of a last visit or check.
-- Dates here are compared in three values: true, false, and null where a date that could decide cannot be used.

-- Why an episode with a start and an end lies outside a date by dates that can be read; null where nothing readable says so.
create or replace macro outside_open(start_on, end_on, as_at) as
    case when end_on <= as_at then 'closed' when start_on > as_at then 'not_begun' end;

-- Whether an episode is open at a date: start <= date and (no end, or an end after it).
create or replace macro open_at(start_on, end_on, end_unusable, as_at) as
    case
        when outside_open(start_on, end_on, as_at) is not null then false
        when start_on is not null and end_unusable is not true and as_at is not null then true
    end;

-- The same for a child looked after: short breaks (legal status V3 and V4) are not counted.
create or replace macro outside_care(start_on, ceased_on, legal_status, as_at) as
    case
        when ceased_on <= as_at then 'ceased'
        when start_on > as_at then 'not_begun'
        when legal_status in ('V3', 'V4') then 'short_break'
    end;

-- A legal status as two systems are compared in it: one order may follow another, and a short break never becomes one.
create or replace macro break_or_care(legal_status) as
    case when legal_status in ('V3', 'V4') then 'short break' when legal_status is not null then 'care' end;

create or replace macro in_care_is_known(start_on, ceased_unusable) as start_on is not null and ceased_unusable is not true;

-- A case's id where the case is an event: child/start, or the row's place where the start cannot be used.
create or replace macro event_case(person_id, start_on, source_row) as
    person_id || '/' || coalesce(strftime(start_on, '%Y-%m-%d'), 'unusable:' || coalesce(source_row, ''));

-- The state of a case inside the cohort; null for one outside, unless it is pending.
create or replace macro case_state(outside, pending, countable, odd, met) as
    case
        when outside is not null then if(pending, 'pending', null)
        when not countable then 'not_countable'
        when odd is not null then odd
        when met then 'met'
        else 'not_met'
    end;

create or replace macro counts(state) as coalesce(state in ('met', 'not_met', 'unusable'), false);

create or replace macro is_met(state) as coalesce(state = 'met', false);

-- An aggregate over one child's rows of all extracts. A source keeps only the last visit or check, so what a later one overwrote
-- is looked up in earlier extracts: newest is the newest extract's row; settled the row of the newest extract taken on or after the
-- date that still shows an event by the date, or none; proof the latest event by the date in extracts taken before it. own is true
-- for the row that the case itself comes from: it goes before another row of the child in the same extract. Of rows that say the same day,
-- one that cannot be read goes first and then by what it says beside the day, whichever stands first in a list.
create or replace macro last_event(happened_on, unusable, detail, extracted_on, own, as_at) as {
    'newest': arg_max(
        {'happened_on': happened_on, 'unusable': unusable, 'detail': detail, 'extracted_on': extracted_on},
        {
            'extracted_on': extracted_on, 'own': own, 'happened_on': coalesce(happened_on, date '1990-01-01'),
            'unusable': coalesce(unusable, false), 'detail': coalesce(detail::varchar, '')
        }
    ),
    'settled': arg_max(
        {'happened_on': happened_on, 'detail': detail},
        {
            'extracted_on': extracted_on, 'happened_on': coalesce(happened_on, date '1990-01-01'),
            'detail': coalesce(detail::varchar, '')
        }
    ) filter (extracted_on >= as_at and unusable is not true and coalesce(happened_on <= as_at, true)),
    'proof': max(happened_on) filter (extracted_on < as_at and happened_on <= as_at)
};

-- The last event that the case's own row records, null where its extract holds none.
create or replace macro recorded_on(event, extracted_on) as
    if(event.newest.extracted_on = extracted_on, event.newest.happened_on, null);

create or replace macro recorded_unusable(event, extracted_on) as
    coalesce(event.newest.extracted_on = extracted_on and event.newest.unusable, false);

-- True where the recorded event lies after the date and no extract taken on or after the date says what stood there before.
create or replace macro is_overwritten(event, extracted_on, as_at) as
    coalesce(recorded_on(event, extracted_on) > as_at and event.settled is null, false);

-- The event by the date that decides: the recorded one; where that lies after the date the settled one; failing that the proof.
create or replace macro decided_on(event, extracted_on, as_at) as
    case
        when recorded_on(event, extracted_on) is null or recorded_on(event, extracted_on) <= as_at then recorded_on(event, extracted_on)
        when event.settled is not null then event.settled.happened_on
        else event.proof
    end;

-- What stands beside the recorded event, or beside the settled one where the recorded one lies after the date.
create or replace macro decided_detail(event, extracted_on, as_at) as
    if(coalesce(recorded_on(event, extracted_on) > as_at, false), event.settled.detail, event.newest.detail);
