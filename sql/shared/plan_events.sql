-- What several figures on plans, meetings and pre-proceedings share: the plan of a child at a date, how a register stands, on which days a
-- child was seen, and over which days a source holds everything. A name in quotes is the table that is read.

-- One row per child: the plan that decides at a date, an open one before any other. As PP0 has it.
create or replace macro plan_of_child(plans, as_at) as table
select
    *,
    outside_open(cp_plan_start_date, cp_plan_end_date, as_at) as not_open,
    open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, as_at) as on_a_plan
from query_table(plans)
qualify row_number() over (
    partition by person_id
    order by
        outside_open(cp_plan_start_date, cp_plan_end_date, as_at) is not null, cp_plan_start_date is null,
        delivery_id desc, source_row desc
) = 1;

-- A register as it stands: of each layout and team the rows of its newest extract. What a later extract no longer shows was put right.
create or replace macro as_it_stands(register) as table
select * from query_table(register)
qualify extracted_on = max(extracted_on) over (partition by contract, team);

-- The days on which a child was seen under a kind of plan: only visits at which the record says that the child was seen, finished records
-- alone, and visits of which nobody said under which plan. Alone where any visit of the day was.
create or replace macro days_seen(visit_rows, kind) as table
select
    person_id,
    visit_date,
    bool_or(coalesce(seen_alone = 'yes', false)) as alone,
    bool_or(coalesce(seen_alone_unusable, false)) as alone_unusable
from as_it_stands(visit_rows)
where visit_date is not null and seen = 'yes' and status is distinct from 'draft' and coalesce(visit_type, kind) = kind
group by person_id, visit_date;

-- The days over which a source holds everything of a child: a census its year, which ends on a 31 March; any other all up to its extract.
create or replace macro known_to(contract, extracted_on) as
    case
        when not starts_with(contract, 'cin.') then extracted_on
        when extracted_on < make_date(year(extracted_on), 3, 31) then make_date(year(extracted_on) - 1, 3, 31)
        else make_date(year(extracted_on), 3, 31)
    end;

create or replace macro known_from(contract, extracted_on) as
    if(starts_with(contract, 'cin.'), (known_to(contract, extracted_on) + 1 - interval 1 year)::date, date '1990-01-01');

-- Of sources that hold everything: of a census each year's newest return, of any other the newest extract.
create or replace macro as_returned(register) as table
select
    *, known_from(contract, extracted_on) as complete_from, known_to(contract, extracted_on) as complete_to
from query_table(register)
qualify extracted_on = max(extracted_on) over (
    partition by contract, if(starts_with(contract, 'cin.'), known_to(contract, extracted_on), null)
);

-- What pre-proceedings came to. The census and the case system have it as written; a tracker by its code.
create or replace macro pre_pro_came_to(outcome) as
    case
        when outcome is null then null
        when regexp_matches(lower(outcome), 'exten|contin') then 'extended'
        when regexp_matches(lower(outcome), 'step|exit|\bend|clos') then 'step_down'
        when regexp_matches(lower(outcome), 'issue|court|care|proceeding') then 'issue'
        else 'other'
    end;

-- The day on which pre-proceedings ended: of the decision or of the application, whichever came first. A decision to go on ends nothing.
create or replace macro pre_pro_ended(decided_on, applied_on, outcome) as
    least(if(pre_pro_came_to(outcome) = 'extended', null, decided_on), applied_on);

-- Times in pre-proceedings, each once, with the day on which they ended and whether they are open at a date. A row that was rejected
-- for its start is there only where the child has no other.
create or replace macro times_in_pre_proceedings(register, as_at) as table
select
    *,
    event_case(person_id, pre_pro_start_date, source_row) as case_id,
    pre_pro_ended(agree_stepdown_issue_date, court_application_date, pre_pro_outcome) as ended_on,
    outside_open(pre_pro_start_date, ended_on, as_at) as still,
    if(still = 'closed', 'ended', still) as not_open,
    open_at(
        pre_pro_start_date, ended_on,
        ended_on is null and (coalesce(agree_stepdown_issue_date_unusable, false) or coalesce(court_application_date_unusable, false)),
        as_at
    ) as is_open
from query_table(register)
qualify
    row_number() over (partition by person_id, pre_pro_start_date order by delivery_id desc, source_row desc) = 1
    and (pre_pro_start_date is not null or count(pre_pro_start_date) over (partition by person_id) = 0);
