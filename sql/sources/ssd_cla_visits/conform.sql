-- Every visit, and apart from it the days on which the child was seen.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cla_visits by name
select
    entry.authority, 'ssd.cla_visits' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.clav_person_id as person_id, entry.clav_cla_visit_date as cla_visit_date,
    entry.clav_cla_visit_date is null as cla_visit_date_unusable, periods.start_on as cla_start_date
from typed.ssd_cla_visits as entry
left join typed.ssd_period as periods
    on
        entry.authority = periods.authority and entry.extracted_on = periods.extracted_on
        and entry.clav_person_id = periods.person_id and entry.clav_cla_id = periods.period_id
where entry.is_counted and entry.clav_person_id is not null and entry.clav_cla_visit_seen = 'yes';

insert into conformed.visits by name
select
    authority, 'ssd.cla_visits' as contract, delivery_id, source_row, extracted_on,
    clav_person_id as person_id, clav_cla_visit_date as visit_date, clav_cla_visit_date is null as visit_date_unusable,
    'cla' as visit_type, clav_cla_visit_seen as seen, clav_cla_visit_seen_unusable as seen_unusable,
    clav_cla_visit_seen_alone as seen_alone, clav_cla_visit_seen_alone_unusable as seen_alone_unusable
from typed.ssd_cla_visits
where is_counted and clav_person_id is not null
