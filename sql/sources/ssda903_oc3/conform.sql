-- Young people of 17 to 21 who were in care. Whether the home is suitable is its code's second sign.
insert into conformed.person by name
select
    authority, 'ssda903.oc3' as contract, delivery_id, source_row, extracted_on,
    child as person_id, dob as date_of_birth, dob_unusable as date_of_birth_unusable
from typed.ssda903_oc3
where is_counted and child is not null;

insert into conformed.care_leavers by name
select
    authority, 'ssda903.oc3' as contract, delivery_id, source_row, extracted_on,
    child as person_id, in_touch as care_leaver_in_touch, left(nullif(accom, '0'), 1) as care_leaver_accommodation,
    case right(nullif(accom, '0'), 1) when '1' then 'suitable' when '2' then 'unsuitable' end as care_leaver_accom_suitable,
    activ as care_leaver_activity, in_touch_unusable as care_leaver_in_touch_unusable,
    accom_unusable as care_leaver_accom_suitable_unusable, activ_unusable as care_leaver_activity_unusable
from typed.ssda903_oc3
where is_counted and child is not null;
