-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.contacts by name
select
    authority, 'ssd.contacts' as contract, delivery_id, source_row, extracted_on,
    cont_person_id as person_id, cont_contact_date as contact_date, cont_contact_date is null as contact_date_unusable,
    cont_contact_source_code as contact_source_code
from typed.ssd_contacts
where is_counted and cont_person_id is not null;

-- What became of it, by the first mark of its outcome that is set. The dataset does not hold the day of the decision.
insert into conformed.contact_outcomes by name
select
    authority, 'ssd.contacts' as contract, delivery_id, source_row, extracted_on,
    cont_person_id as person_id, cont_contact_date as contact_date, cont_contact_date is null as contact_date_unusable,
    if(
        json_valid(cont_contact_outcome_json),
        list_filter(
            [
                {'mark': 'NEW_REFERRAL_FLAG', 'outcome': 'referral'},
                {'mark': 'CP_ENQUIRY_FLAG', 'outcome': 'section_47'},
                {'mark': 'EXISTING_REFERRAL_FLAG', 'outcome': 'open_case'},
                {'mark': 'ADVICE_FLAG', 'outcome': 'advice'},
                {'mark': 'NFA_FLAG', 'outcome': 'no_further_action'},
                {'mark': 'OTHER_OUTCOMES_EXIST_FLAG', 'outcome': 'other'}
            ],
            lambda one: coalesce(
                as_flag(json_extract_string(cont_contact_outcome_json, '$.' || one.mark)),
                as_flag(json_extract_string(cont_contact_outcome_json, '$.OUTCOME_' || one.mark)), false
            )
        )[1].outcome,
        null
    ) as contact_outcome,
    coalesce(not json_valid(cont_contact_outcome_json), false) as contact_outcome_unusable
from typed.ssd_contacts
where is_counted and cont_person_id is not null
