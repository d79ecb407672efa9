-- How the process did over time, in summaries of a minute and of a quarter of an hour.

CREATE TABLE metric_rollups (
    -- Of one summary: 60 or 900.
    resolution_s INTEGER NOT NULL,
    start_s      INTEGER NOT NULL,
    covered_s    INTEGER NOT NULL CHECK (covered_s >= 0),
    -- JSON: series to number.
    data         TEXT    NOT NULL,
    PRIMARY KEY (resolution_s, start_s)
) STRICT, WITHOUT ROWID;
