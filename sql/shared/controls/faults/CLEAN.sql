-- Nothing is wrong with these: seen and listed as seen, not seen and listed so; some of them are another team's.
insert into main.on_record by name
select
    child_id, if(n % 2 = 0, 'Control North', 'Control South') as team, n % 3 > 0 as in_numerator, if(n % 3 > 0, 'met', 'not_met') as state
from planted;
insert into main.in_lists by name
select child_id as case_id, if(n % 2 = 0, 'Control North', 'Control South') as team, n % 3 > 0 as in_numerator from planted;
