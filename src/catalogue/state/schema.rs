//! The tables of `state.sqlite`.

use crate::catalogue::database::Schema;

pub(super) static STATE: Schema = Schema {
    name: "state",
    steps: &[FORMAT_1, FORMAT_2, FORMAT_3, FORMAT_4],
    synchronous: "FULL",
    repair: "use the newer program for this data folder",
};

/// Moments are microseconds since 1970; words are those of the model.
const FORMAT_1: &str = "
    CREATE TABLE pages (
        seq INTEGER PRIMARY KEY,          -- order of discovery
        url_key TEXT NOT NULL UNIQUE,
        url TEXT NOT NULL,
        portal TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        due INTEGER NOT NULL,
        kept_at INTEGER,
        failures INTEGER NOT NULL,
        depth INTEGER NOT NULL,
        etag TEXT,
        last_modified TEXT,
        gone_since INTEGER,
        gone_count INTEGER,
        context TEXT NOT NULL             -- JSON
    ) STRICT;
    CREATE INDEX pages_portal ON pages (portal);

    CREATE TABLE files (                  -- WARC files
        key INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        length INTEGER NOT NULL           -- bytes promised to be kept
    ) STRICT;

    CREATE TABLE captures (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        url_key TEXT NOT NULL,
        url TEXT NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        portal TEXT NOT NULL,
        status INTEGER NOT NULL,
        digest TEXT NOT NULL,
        file INTEGER NOT NULL REFERENCES files (key),
        offset INTEGER NOT NULL,
        UNIQUE (file, offset)
    ) STRICT;
    CREATE INDEX captures_page ON captures (url_key, at);

    CREATE TABLE imports (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        set_name TEXT NOT NULL,
        id TEXT NOT NULL,
        digest TEXT NOT NULL,
        at INTEGER NOT NULL,
        file INTEGER NOT NULL REFERENCES files (key),
        offset INTEGER NOT NULL,
        UNIQUE (file, offset)
    ) STRICT;
    CREATE INDEX imports_record ON imports (set_name, id);

    CREATE TABLE fetches (                -- one row for each request
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        portal TEXT NOT NULL,
        url TEXT NOT NULL,
        status INTEGER,                   -- or NULL and a reason
        reason TEXT,
        bytes INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        started INTEGER NOT NULL,
        all_due INTEGER NOT NULL,
        finished INTEGER NOT NULL DEFAULT 0
    ) STRICT;
";

const FORMAT_2: &str = "
    CREATE TABLE measures (               -- what each crawl saw of each column
        seq INTEGER PRIMARY KEY,
        portal TEXT NOT NULL,
        column_name TEXT NOT NULL,
        at INTEGER NOT NULL,
        record TEXT NOT NULL              -- JSON
    ) STRICT;
    CREATE INDEX measures_column ON measures (portal, column_name, at);

    CREATE TABLE measured (               -- one row: how far measuring has come
        one INTEGER PRIMARY KEY CHECK (one = 1),
        captures INTEGER NOT NULL,
        fetches INTEGER NOT NULL
    ) STRICT;
    -- What was harvested before measures were taken belongs to no single crawl.
    INSERT INTO measured SELECT 1, (SELECT coalesce(max(seq), 0) FROM captures),
        (SELECT coalesce(max(seq), 0) FROM fetches);
";

/// The log says when a request began and ended, what for, and which pause had to follow; NULL where no request was made.
const FORMAT_3: &str = "
    ALTER TABLE fetches ADD COLUMN asked INTEGER;
    ALTER TABLE fetches ADD COLUMN ended INTEGER;
    ALTER TABLE fetches ADD COLUMN pause INTEGER;     -- microseconds
    ALTER TABLE fetches ADD COLUMN kind TEXT;
    ALTER TABLE pages ADD COLUMN revisit INTEGER;     -- seconds; NULL: as the settings say
    ALTER TABLE pages ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;  -- its documents were withheld by robots.txt
    CREATE INDEX fetches_asked ON fetches (asked) WHERE asked IS NOT NULL;
";

/// What became of each page, why and since when; of older states, what follows from what they know.
const FORMAT_4: &str = "
    ALTER TABLE pages ADD COLUMN fate TEXT NOT NULL DEFAULT 'found';
    ALTER TABLE pages ADD COLUMN reason TEXT NOT NULL DEFAULT 'linked';
    ALTER TABLE pages ADD COLUMN detail TEXT NOT NULL DEFAULT '';
    ALTER TABLE pages ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE pages ADD COLUMN moved_to TEXT;
    UPDATE pages SET
        fate = CASE state WHEN 'failing' THEN 'unreachable' ELSE state END,
        reason = CASE state WHEN 'kept' THEN 'answered' WHEN 'redirected' THEN 'redirected'
            WHEN 'suspected' THEN 'not_found' WHEN 'removed' THEN 'not_found' WHEN 'disallowed' THEN 'robots'
            WHEN 'refused' THEN 'forbidden' WHEN 'failing' THEN 'connect' WHEN 'unreachable' THEN 'connect'
            ELSE 'linked' END,
        since = coalesce(gone_since, kept_at, due);
    CREATE INDEX pages_fate ON pages (portal, fate, reason);
";
