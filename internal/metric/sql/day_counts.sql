-- How many leads have each event on each day, by the data file they are in.
-- Trashed, moved and unreachable leads are out.
with counted as (from leads where _state is null or _state in ('active', 'archived'))
select _file, 'date_prise_contact' as event, date_prise_contact as day, count(*) as leads
from counted where date_prise_contact is not null group by all
union all
select _file, 'date_reponse_prospect', date_reponse_prospect, count(*)
from counted where date_reponse_prospect is not null group by all
union all
select _file, 'date_appel_propose', date_appel_propose, count(*)
from counted where date_appel_propose is not null group by all
union all
select _file, 'date_appel_booke', date_appel_booke, count(*)
from counted where date_appel_booke is not null group by all
union all
select _file, 'date_relance', date_relance, count(*)
from counted where date_relance is not null group by all
