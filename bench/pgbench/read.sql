-- What one online read asks of PostgreSQL: the keys of a request made beforehand, in the five tables of the section online-read.
\set r random(1, 2000)
WITH request AS MATERIALIZED (SELECT keys FROM bench_request WHERE id = :r)
SELECT 0, entity_key, feature_name, value, event_ts FROM bench_view_0 WHERE entity_key = ANY ((SELECT keys FROM request)::bytea[])
UNION ALL SELECT 1, entity_key, feature_name, value, event_ts FROM bench_view_1 WHERE entity_key = ANY ((SELECT keys FROM request)::bytea[])
UNION ALL SELECT 2, entity_key, feature_name, value, event_ts FROM bench_view_2 WHERE entity_key = ANY ((SELECT keys FROM request)::bytea[])
UNION ALL SELECT 3, entity_key, feature_name, value, event_ts FROM bench_view_3 WHERE entity_key = ANY ((SELECT keys FROM request)::bytea[])
UNION ALL SELECT 4, entity_key, feature_name, value, event_ts FROM bench_view_4 WHERE entity_key = ANY ((SELECT keys FROM request)::bytea[]);
