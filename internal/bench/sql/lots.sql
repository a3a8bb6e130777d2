-- Leads {from} to {to}, {step} microseconds apart: made where they are stored,
-- because there are very many.
SELECT concat(m[1:8], '-', m[9:12], '-', m[13:16], '-', m[17:20], '-', m[21:32]) AS id,
       concat('Camille ', ['Martin', 'Bernard', 'Petit', 'Durand', 'Leroy', 'Moreau', 'Roux'][1 + h % 7]) AS nom,
       concat('camille.', i, '@example.fr') AS email,
       printf('+336%08d', h // 8 % 100_000_000) AS telephone,
       ['Nouveau', 'Contacté', 'À relancer', 'Appel proposé', 'Appel booké', 'Signé', 'Perdu'][1 + h // 64 % 7] AS statut,
       CASE WHEN h // 512 % 100 < 95 THEN contact END AS date_prise_contact,
       CASE WHEN reached < 60 THEN contact + 4 END AS date_reponse_prospect,
       CASE WHEN reached < 35 THEN contact + 7 END AS date_appel_propose,
       CASE WHEN reached < 20 THEN contact + 9 END AS date_appel_booke,
       CASE WHEN h // 4096 % 100 < 70 THEN contact + 2 + (h % 14)::INT END AS date_relance,
       'bench' AS _source, 'active' AS _state, created AS _state_at, created AS _created_time,
       created AS _last_edited_time,
       concat('https://www.notion.so/', m) AS _url,
       NULL::STRUCT(event VARCHAR, old DATE, new DATE, seen_at TIMESTAMPTZ, edited_at TIMESTAMPTZ)[] AS _history,
       printf('%02d', 1 + h // 16 % 95) AS departement
FROM (SELECT *, created::DATE + (h % 3)::INT AS contact, h // 32768 % 100 AS reached
      FROM (SELECT i, md5(i::VARCHAR) AS m, (hash(i) >> 1)::BIGINT AS h,
                   TIMESTAMPTZ '2023-01-02 00:00:00+00' + to_microseconds(i * {step}) AS created
            FROM range({from}, {to}) AS r(i)))
