-- Adopters.
insert into conformed.adopters by name
select
    authority, 'annex_a.list_11' as contract, delivery_id, source_row, extracted_on,
    individual_adopter_identifier as adopter_id, family_identifier as family_id, gender as sex, ethnicity,
    disability as disability_code, is_the_prospective_adopter_fostering_for_adoption as fostering_for_adoption,
    date_enquiry_received as enquiry_date, date_enquiry_received_unusable as enquiry_date_unusable,
    date_stage_1_started as stage_1_start_date, date_stage_1_started_unusable as stage_1_start_date_unusable,
    date_stage_1_ended as stage_1_end_date, date_stage_1_ended_unusable as stage_1_end_date_unusable,
    date_stage_2_started as stage_2_start_date, date_stage_2_started_unusable as stage_2_start_date_unusable,
    date_stage_2_ended as stage_2_end_date, date_stage_2_ended_unusable as stage_2_end_date_unusable,
    date_application_submitted as application_date, date_application_submitted_unusable as application_date_unusable,
    date_application_approved as approved_date, date_application_approved_unusable as approved_date_unusable,
    date_adopter_matched_with_child_ren as matched_date, date_adopter_matched_with_child_ren_unusable as matched_date_unusable,
    date_child_children_placed_with_adopter_s as placed_date,
    date_child_children_placed_with_adopter_s_unusable as placed_date_unusable, no_of_children_placed as children_placed,
    no_of_children_placed_unusable as children_placed_unusable, date_of_adoption_order as adoption_order_date,
    date_of_adoption_order_unusable as adoption_order_date_unusable, date_of_leaving_adoption_process as left_date,
    date_of_leaving_adoption_process_unusable as left_date_unusable, reason_for_leaving_adoption_process as left_reason
from typed.annex_a_list_11
where is_counted and individual_adopter_identifier is not null;
