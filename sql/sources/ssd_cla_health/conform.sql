-- Checks that were done; planned, refused and cancelled ones are none. A child in care without one has a row without a date: that the read
-- shows none is known.
insert into conformed.cla_health by name
select
    authority, 'ssd.cla_health' as contract, delivery_id, source_row, extracted_on,
    clah_person_id as person_id,
    case
        when regexp_matches(clah_health_check_type, '(?i)dental|dentist') then 'dental check'
        when regexp_matches(clah_health_check_type, '(?i)assess') then 'health assessment'
        else lower(squeeze(clah_health_check_type))
    end as health_check_type,
    clah_health_check_date as health_check_date, clah_health_check_date_unusable as health_check_date_unusable
from typed.ssd_cla_health
where
    is_counted and clah_person_id is not null
    and not regexp_matches(coalesce(clah_health_check_status, ''), '(?i)^(planned|refused|cancel|not |due|arranged)');

insert into conformed.cla_health by name
select
    reads.authority, 'ssd.cla_health' as contract, reads.delivery_id, 'ssd_cla_health!0' as source_row, reads.extracted_on,
    periods.person_id, checks.health_check_type, false as health_check_date_unusable
from (
    select authority, extracted_on, max(delivery_id) as delivery_id from typed.ssd_cla_health where is_counted group by all
) as reads
join (select distinct authority, extracted_on, person_id from typed.ssd_period) as periods
    on reads.authority = periods.authority and reads.extracted_on = periods.extracted_on
cross join (select unnest(['dental check', 'health assessment']) as health_check_type) as checks
where
    not exists (
        select 1 from typed.ssd_cla_health as lost
        where
            lost.authority = periods.authority and lost.extracted_on = periods.extracted_on and lost.is_counted
            and lost.clah_person_id = periods.person_id and lost.clah_health_check_date_unusable
    )
