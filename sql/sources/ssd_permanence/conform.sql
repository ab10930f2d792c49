insert into conformed.permanence by name
select
    authority, 'ssd.permanence' as contract, delivery_id, source_row, extracted_on,
    perm_person_id as person_id, perm_adm_decision_date as adm_decision_date,
    perm_adm_decision_date_unusable as adm_decision_date_unusable, perm_placement_order_date as placement_order_date,
    perm_placement_order_date_unusable as placement_order_date_unusable, perm_matched_date as matched_date,
    perm_matched_date_unusable as matched_date_unusable, perm_placed_for_adoption_date as placed_for_adoption_date,
    perm_placed_for_adoption_date_unusable as placed_for_adoption_date_unusable,
    perm_permanence_order_date as permanence_order_date,
    perm_permanence_order_date_unusable as permanence_order_date_unusable,
    perm_decision_reversed_date as decision_reversed_date,
    perm_decision_reversed_date_unusable as decision_reversed_date_unusable,
    perm_decision_reversed_reason as decision_reversed_reason, perm_placed_ffa_cp_date as placed_ffa_cp_date,
    perm_placed_ffa_cp_date_unusable as placed_ffa_cp_date_unusable, perm_adopted_by_carer_flag = 'yes' as adopted_by_carer_flag
from typed.ssd_permanence
where is_counted and perm_person_id is not null
