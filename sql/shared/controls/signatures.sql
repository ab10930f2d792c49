-- Checks and signatures of the figures as they stand, but for the one that nobody checked, the one that nobody signed, and the one that
-- was signed on other facts.
insert into book.checks by name
select prints.authority, prints.indicator_id, prints.as_at, 'control' as checked_by, 'seen' as note, prints.facts_hash, false as is_void
from facts_hashes as prints where prints.indicator_id <> 'checked';
insert into book.certificates by name
select prints.indicator_id as id, prints.authority, prints.indicator_id, prints.as_at,
    if(prints.indicator_id = 'lapsed', 'before', prints.facts_hash) as facts_hash, 'control' as signed_by,
    timestamp '2022-11-02 12:00:00' as issued_at
from facts_hashes as prints where prints.indicator_id <> 'signed';
