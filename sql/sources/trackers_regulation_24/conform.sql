-- Temporary approvals of connected carers.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.reg24_approvals by name
select
    authority, 'trackers.regulation_24' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, carer_reference as carer_id, placement_start_date,
    placement_start_date is null as placement_start_date_unusable, viability_assessment_date as viability_date,
    viability_assessment_date_unusable as viability_date_unusable, regulation_24_approval_date as approval_date,
    regulation_24_approval_date_unusable as approval_date_unusable, regulation_24_expiry_date as expiry_date,
    regulation_24_expiry_date_unusable as expiry_date_unusable, approved_by,
    regulation_25_extension_date as extension_date, regulation_25_extension_date_unusable as extension_date_unusable,
    extended_until, extended_until_unusable, panel_views_considered, iro_informed, full_assessment_start_date,
    full_assessment_start_date_unusable, full_approval_date, full_approval_date_unusable, placement_end_date,
    placement_end_date_unusable, worker, team
from typed.trackers_regulation_24
where is_counted and child_id is not null;
