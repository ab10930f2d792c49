-- A care plan and the permanence that it is for: of the dataset's marks (REMAINSUP and so on) the one that says yes.
insert into conformed.cla_care_plan by name
select
    authority, 'ssd.cla_care_plan' as contract, delivery_id, source_row, extracted_on,
    lacp_person_id as person_id, lacp_cla_care_plan_start_date as cla_care_plan_start_date,
    lacp_cla_care_plan_start_date is null as cla_care_plan_start_date_unusable,
    lacp_cla_care_plan_end_date as cla_care_plan_end_date,
    lacp_cla_care_plan_end_date_unusable as cla_care_plan_end_date_unusable,
    if(
        json_valid(lacp_cla_care_plan_json),
        array_to_string(
            list_filter(
                json_keys(lacp_cla_care_plan_json),
                lambda mark: as_flag(json_extract_string(lacp_cla_care_plan_json, '$."' || mark || '"'))
            ), ', '
        ),
        null
    ) as permanence_plan
from typed.ssd_cla_care_plan
where is_counted and lacp_person_id is not null
