-- How many leads have each event on each day, by the data file they are in.
-- Trashed, moved and unreachable leads are out: they are taken off with a
-- minus, because a file that has none of them, the usual one, is then not read
-- for its states at all (its statistics say so). Rows of one file, event and
-- day add up.
with gone as materialized (
  select _file, date_prise_contact, date_reponse_prospect, date_appel_propose, date_appel_booke, date_relance
  from leads where _state not in ('active', 'archived')
)
select _file, 'current' as occurrence, 'date_prise_contact' as event, date_prise_contact as day, count(*) as leads
from leads where date_prise_contact is not null group by all
union all
select _file, 'current', 'date_reponse_prospect', date_reponse_prospect, count(*)
from leads where date_reponse_prospect is not null group by all
union all
select _file, 'current', 'date_appel_propose', date_appel_propose, count(*)
from leads where date_appel_propose is not null group by all
union all
select _file, 'current', 'date_appel_booke', date_appel_booke, count(*)
from leads where date_appel_booke is not null group by all
union all
select _file, 'current', 'date_relance', date_relance, count(*)
from leads where date_relance is not null group by all
union all
select _file, 'current', 'date_prise_contact', date_prise_contact, -count(*)
from gone where date_prise_contact is not null group by all
union all
select _file, 'current', 'date_reponse_prospect', date_reponse_prospect, -count(*)
from gone where date_reponse_prospect is not null group by all
union all
select _file, 'current', 'date_appel_propose', date_appel_propose, -count(*)
from gone where date_appel_propose is not null group by all
union all
select _file, 'current', 'date_appel_booke', date_appel_booke, -count(*)
from gone where date_appel_booke is not null group by all
union all
select _file, 'current', 'date_relance', date_relance, -count(*)
from gone where date_relance is not null group by all
