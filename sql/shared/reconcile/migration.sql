-- The block that a child was lost with, for each indicator that is made of the list, and what is said of it: no id and no worker.
create or replace temp table lost_with as
select
    facts.indicator_id, before.root_child, before.before_on, before.after_on,
    'of ' || case blocks.shape
        when 'team' then 'the team ' || blocks.first_value
        when 'worker' then 'one worker'
        when 'code' then 'the ' || blocks.column_name || ' ' || blocks.first_value
        when 'ids' then 'a run of ids that follow each other'
        else 'what began from ' || told(blocks.first_value::date) || ' to ' || told(blocks.last_value::date)
    end || ' ' || blocks.missing || ' of ' || blocks.row_count || ' open cases are missing since the case system changed on '
    || told(before.on_day) || ', elsewhere ' || blocks.elsewhere_missing || ' of ' || blocks.elsewhere_rows as block_says
from block_of
join blocks on block_of.list = blocks.list and block_of.block = blocks.block
join before_rows as before on block_of.list = before.list and block_of.row_id = before.row_id
join indicator_facts as facts on before.list = facts.reads[1]
qualify row_number() over (partition by facts.indicator_id, before.root_child order by blocks.missing desc, blocks.block asc) = 1;
