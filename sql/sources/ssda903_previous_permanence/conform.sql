-- Orders meant to last under which children had left care before.
insert into conformed.previous_permanence by name
select
    authority, 'ssda903.previous_permanence' as contract, delivery_id, source_row, extracted_on,
    child as person_id, prev_perm as previous_permanence_option, la_perm as previous_permanence_la,
    date_perm as previous_permanence_order_date,
    date_perm_unusable as previous_permanence_order_date_unusable
from typed.ssda903_previous_permanence
where is_counted and child is not null;
