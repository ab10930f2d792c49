-- By figure: the check that must not hold, whether it does not, whether every other one does, and whether the figure is certified.
select figures.figure, figures.check_name,
    coalesce(bool_or(gates.gate = figures.check_name and gates.outcome not in ('PASS', 'NOT_APPLICABLE')), false) as was_told,
    bool_and(
        gates.gate = figures.check_name or gates.outcome in ('PASS', 'NOT_APPLICABLE')
        or (gates.gate = 'plausible' and figures.check_name = 'checked')  -- it waits for the note of whoever checks
    ) as others_hold,
    any_value(metrics.status) = 'certified' as is_certified
from main.control_figures as figures
left join main.gates as gates on figures.authority = gates.authority and figures.figure = gates.indicator_id and gates.team = 'ALL'
left join main.metrics as metrics
    on figures.authority = metrics.authority and figures.figure = metrics.indicator_id and metrics.team = 'ALL'
group by figures.figure, figures.check_name order by figures.figure;
