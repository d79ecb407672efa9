-- Settings have the keys of the configuration, and amounts are in US dollars.

UPDATE settings SET name = 'cloud.enabled' WHERE name = 'cloud_enabled';
UPDATE settings SET name = 'cloud.local_only' WHERE name = 'local_only';
UPDATE settings SET name = 'budget.daily_usd',
       value = (CAST(value AS INTEGER) / 1000000) || '.' || printf('%06d', CAST(value AS INTEGER) % 1000000)
 WHERE name = 'daily_cap_micro_usd';

UPDATE audit SET setting = 'cloud.enabled' WHERE setting = 'cloud_enabled';
UPDATE audit SET setting = 'cloud.local_only' WHERE setting = 'local_only';
UPDATE audit SET before = (CAST(before AS INTEGER) / 1000000) || '.' || printf('%06d', CAST(before AS INTEGER) % 1000000)
 WHERE setting = 'daily_cap_micro_usd' AND before <> '';
UPDATE audit SET setting = 'budget.daily_usd',
       after = (CAST(after AS INTEGER) / 1000000) || '.' || printf('%06d', CAST(after AS INTEGER) % 1000000)
 WHERE setting = 'daily_cap_micro_usd';

CREATE INDEX audit_by_setting ON audit (setting, key);
