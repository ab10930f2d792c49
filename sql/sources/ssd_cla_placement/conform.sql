-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cla_placement by name
select
    authority, 'ssd.cla_placement' as contract, delivery_id, source_row, extracted_on,
    clap_person_id as person_id, clap_cla_placement_start_date as cla_placement_start_date,
    clap_cla_placement_start_date is null as cla_placement_start_date_unusable, clap_cla_placement_type as cla_placement_type,
    clap_cla_placement_provider as cla_placement_provider, clap_cla_placement_postcode as cla_placement_postcode,
    clap_cla_placement_urn as cla_placement_urn, clap_cla_placement_end_date as cla_placement_end_date,
    clap_cla_placement_end_date_unusable as cla_placement_end_date_unusable
from typed.ssd_cla_placement
where is_counted and clap_person_id is not null
