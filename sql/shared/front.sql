-- What several indicators of the front door, of assessments and of need share. Tables are named and not written out, since the bare
-- names exist only once a position is looked at.

-- Whether an event is one of several within twelve months. A list may hold fewer months than that and says beside it how many there
-- were before the child's latest: that number is taken for the latest event, and for an earlier one only where it is nought.
create or replace macro is_repeated(earlier_on, happened_on, is_latest, earlier_number) as
    coalesce(earlier_on >= years_before(happened_on, 1), false) or coalesce(is_latest and earlier_number >= 1, false);

create or replace macro repeated_odd(is_repeated, is_latest, earlier_number, number_unusable) as
    case
        when is_repeated then null
        when number_unusable then 'unusable'
        when earlier_number >= 1 and not is_latest then 'overtaken'
    end;

-- Every assessment with the referral that it belongs to: as its source says, else the child's latest by its start that was not closed
-- at once. A restart follows, in the same referral, an assessment that was not authorised by then. The clock of the referral's first
-- assessment stands at the referral and stays there for a restart; a further assessment after a finished one counts from its own start.
create or replace macro assessment_chains(assessments, referrals) as table
with assessed as (
    select
        *, event_case(person_id, assessment_start_date, source_row) as case_id
    from query_table(assessments)
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

referred as (
    select person_id, referral_date as referred_on
    from query_table(referrals)
    where referral_date is not null and referral_nfa is distinct from 'yes'
    group by all
),

placed as (
    select
        assessed.*,
        coalesce(if(assessed.referral_date <= assessment_start_date, assessed.referral_date, null), referred_on) as belongs_to
    from assessed
    left join referred
        on assessed.person_id = referred.person_id and assessed.assessment_start_date >= referred.referred_on
    qualify row_number() over (partition by case_id order by referred.referred_on desc nulls last) = 1
),

linked as (
    select
        *,
        coalesce(lag(assessment_auth_date_unusable) over chain, false) as perhaps_restarts,
        lag(assessment_start_date) over chain is not null
        and coalesce(lag(assessment_auth_date) over chain > assessment_start_date, not perhaps_restarts) as restarts
    from placed
    window chain as (partition by person_id, belongs_to order by assessment_start_date)
),

counted as (
    select *, count(*) filter (not restarts) over (partition by person_id, belongs_to order by assessment_start_date) as attempt
    from linked
)

select
    * exclude (restarts, perhaps_restarts),
    belongs_to is not null and restarts as restarts,
    belongs_to is not null and perhaps_restarts as perhaps_restarts,
    case
        when belongs_to is null then assessment_start_date
        when attempt = 1 then belongs_to
        else min(assessment_start_date) over (partition by person_id, belongs_to, attempt)
    end as clock_on
from counted;

-- Whether a child was on a protection plan on the day of each strategy discussion, by the plans that name the child: one row
-- per child and day, where there is any plan.
create or replace macro plan_days(enquiries, plans) as table
select
    enquiry.person_id,
    enquiry.s47_start_date,
    bool_or(open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, enquiry.s47_start_date)) as some_plan,
    bool_or(open_at(cp_plan_start_date, cp_plan_end_date, cp_plan_end_date_unusable, enquiry.s47_start_date) is null) as unknown_plan
from query_table(enquiries) as enquiry
join query_table(plans) as plan on enquiry.person_id = plan.person_id
group by all;
