-- One row for the whole council. The census does not count posts, so how many are filled or paid for is not known.
insert into conformed.posts by name
select
    authority, 'workforce_census.vacancies' as contract, delivery_id, source_row, extracted_on,
    numberofvacancies as vacant_fte, noagencyfte as agency_fte, noagencyheadcount as agency_headcount
from typed.workforce_census_vacancies
where is_counted and reject_reason is null;
