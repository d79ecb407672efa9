-- What was measured of models' answers to questions whose answers are known.

CREATE TABLE calibrations (
    key              INTEGER PRIMARY KEY,
    model            TEXT    NOT NULL,
    -- Empty for all kinds of question together.
    kind             TEXT    NOT NULL,
    -- JSON: how a probability is made of what the tokens of an answer say.
    fit              TEXT    NOT NULL,
    asked            INTEGER NOT NULL CHECK (asked > 0),
    correct          INTEGER NOT NULL CHECK (correct BETWEEN 0 AND asked),
    auroc            REAL,
    ece              REAL    NOT NULL,
    brier            REAL    NOT NULL,
    -- JSON: a list of bins.
    reliability      TEXT    NOT NULL,
    at_ns            INTEGER NOT NULL,
    questions_sha256 TEXT    NOT NULL,
    UNIQUE (model, kind)
) STRICT;
