-- One row per factor: the dataset keeps them as a list ["1A", "2B"] or as marks {"1A": "Yes"}, under the assessment that found them.
insert into conformed.assessment_factors by name
select
    entry.authority, 'ssd.assessment_factors' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    assessments.cina_person_id as person_id, assessments.cina_assessment_start_date as assessment_start_date,
    assessments.cina_assessment_start_date is null as assessment_start_date_unusable, upper(trim(entry.factor)) as factor,
    false as factor_unusable
from (
    select
        *,
        unnest(
            case
                when not json_valid(cinf_assessment_factors_json) then []
                when json_type(cinf_assessment_factors_json) = 'ARRAY'
                    then json_extract_string(cinf_assessment_factors_json, '$[*]')
                when json_type(cinf_assessment_factors_json) = 'OBJECT'
                    then list_filter(
                        json_keys(cinf_assessment_factors_json),
                        lambda mark: as_flag(json_extract_string(cinf_assessment_factors_json, '$."' || mark || '"'))
                    )
                else []
            end
        ) as factor
    from typed.ssd_assessment_factors
    where is_counted and reject_reason is null
) as entry
join typed.ssd_beside as beside
    on
        entry.authority = beside.authority and entry.extracted_on = beside.extracted_on
        and beside.contract = 'ssd.cin_assessments'
join typed.ssd_cin_assessments as assessments
    on
        entry.authority = assessments.authority and beside.beside_on = assessments.extracted_on and assessments.is_counted
        and entry.cinf_assessment_id = assessments.cina_assessment_id
