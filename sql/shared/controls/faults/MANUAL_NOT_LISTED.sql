-- One team counted three more than it listed.
insert into main.more_counted by name select 'Control West' as team, 3 as numerator, 3 as denominator;
insert into main.planted_lines values ('MANUAL_NOT_LISTED', 'Control West');
