-- The original's question for the weeks, as its documents have it; {source}
-- stands for its DELTA_SCAN.
WITH unpivoted AS (
  SELECT DATE_TRUNC('week', date) AS semaine, type_evenement, date
  FROM (UNPIVOT {source}
        ON date_appel_booke, date_appel_propose, date_prise_contact, date_relance, date_reponse_prospect
        INTO NAME type_evenement VALUE date)
  WHERE date IS NOT NULL
)
PIVOT unpivoted ON type_evenement USING COUNT(date) GROUP BY semaine ORDER BY semaine
