-- A review names the period of care, and through it the child. One that was cancelled was not held.
insert into conformed.cla_reviews by name
select
    entry.authority, 'ssd.cla_reviews' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    periods.person_id, if(entry.clar_cla_review_cancelled = 'yes', null, entry.clar_cla_review_date) as cla_review_date,
    entry.clar_cla_review_date_unusable as cla_review_date_unusable, periods.start_on as cla_start_date,
    entry.clar_cla_review_due_date as cla_review_due_date, entry.clar_cla_review_cancelled as cla_review_cancelled
from typed.ssd_cla_reviews as entry
join typed.ssd_period as periods
    on
        entry.authority = periods.authority and entry.extracted_on = periods.extracted_on and entry.clar_cla_id = periods.period_id
where entry.is_counted;

insert into conformed.cla_review_chain by name
select
    entry.authority, 'ssd.cla_reviews' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    periods.person_id, entry.clar_cla_review_date as cla_review_date,
    entry.clar_cla_review_date_unusable as cla_review_date_unusable
from typed.ssd_cla_reviews as entry
join typed.ssd_period as periods
    on
        entry.authority = periods.authority and entry.extracted_on = periods.extracted_on and entry.clar_cla_id = periods.period_id
where
    entry.is_counted and entry.clar_cla_review_cancelled is distinct from 'yes'
    and (entry.clar_cla_review_date is not null or entry.clar_cla_review_date_unusable)
