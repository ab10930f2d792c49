-- Decisions that a child should, or should no longer, be placed for adoption.
insert into conformed.permanence by name
select
    authority, 'ssda903.placed_for_adoption' as contract, delivery_id, source_row, extracted_on,
    child as person_id, date_placed as adm_decision_date, date_placed is null as adm_decision_date_unusable,
    date_placed_ceased as decision_reversed_date, date_placed_ceased_unusable as decision_reversed_date_unusable,
    reason_placed_ceased as decision_reversed_reason
from typed.ssda903_placed_for_adoption
where is_counted and child is not null;
