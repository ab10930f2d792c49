-- The same for the lists of care leavers and of adoption: as the extract has them, or by a year before the position's date.
insert into in_scope
with window_of as (
    select $as_at - to_months(12) as a_year
)

-- all who receive leaving care services: the list holds present ones alone
select 'annex_a.list_09' as contract, delivery_id, source_row
from typed.annex_a_list_09
union all
-- decided for adoption and waiting, or adopted or decided otherwise within the year
select 'annex_a.list_10' as contract, delivery_id, source_row
from typed.annex_a_list_10
cross join window_of
where
    coalesce(date_of_adoption_order > a_year, true)
    and coalesce(date_of_decision_that_child_should_no_longer_be_placed_for_adoption > a_year, true)
    and coalesce(date_of_decision_that_child_should_be_placed_for_adoption <= $as_at, true)
union all
-- in the process, or out of it within the year
select 'annex_a.list_11' as contract, delivery_id, source_row
from typed.annex_a_list_11
cross join window_of
where
    coalesce(date_of_adoption_order > a_year, true)
    and coalesce(date_of_leaving_adoption_process > a_year, true)
    and coalesce(date_enquiry_received <= $as_at, true);
