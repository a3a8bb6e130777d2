-- What counting other than the current dates of leads adds to that, by the data
-- file they are in: every day on which an event is known to have happened, or
-- the first or the last of them alone. Only leads with a history differ from
-- their current dates; trashed, moved and unreachable ones are out. Rows of one
-- file, occurrence, event and day add up.
with kept as materialized (
  select _file, id, _history, date_prise_contact, date_reponse_prospect, date_appel_propose, date_appel_booke, date_relance
  from leads where _history is not null and _state in ('active', 'archived')
), change as (
  select _file, id, unnest(_history) as c from kept
), current as (
  select _file, id, 'date_prise_contact' as event, date_prise_contact as day from kept
  union all select _file, id, 'date_reponse_prospect', date_reponse_prospect from kept
  union all select _file, id, 'date_appel_propose', date_appel_propose from kept
  union all select _file, id, 'date_appel_booke', date_appel_booke from kept
  union all select _file, id, 'date_relance', date_relance from kept
), happened as ( -- each day of an event of a lead once
  select _file, id, c.event as event, unnest([c.old, c.new]) as day from change
  union select * from current
), days as (
  select _file, id, event, day from happened where day is not null
)
select _file, 'every' as occurrence, event, day, count(*) as leads from days group by all
union all
select _file, 'first', event, day, count(*)
from (select _file, id, event, min(day) as day from days group by all) group by all
union all
select _file, 'last', event, day, count(*)
from (select _file, id, event, max(day) as day from days group by all) group by all
union all -- the current dates are counted already
select _file, occurrence, event, day, -count(*)
from current, (select unnest(['every', 'first', 'last']) as occurrence) where day is not null group by all
