//! The tables of `catalogue.sqlite`.

use crate::catalogue::database::Schema;

pub(super) static CATALOGUE: Schema = Schema {
    name: "catalogue",
    steps: &[
        FORMAT_1, RECIPIENTS, FILES, STANDING, RELATIONS, DERIVED, PARTS, FIGURES, CORRECTED, DATED,
    ],
    synchronous: "NORMAL",
    repair: "use the newer program, or delete catalogue.sqlite and run `gongkai extract` to make it again",
};

const FORMAT_1: &str = "
    CREATE TABLE texts (                  -- every text once
        key INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,      -- SHA-256
        body BLOB NOT NULL                -- zlib
    ) STRICT;

    CREATE TABLE documents (
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        change INTEGER NOT NULL UNIQUE,   -- grows with every change of any document
        status TEXT NOT NULL,
        captured_at INTEGER NOT NULL,     -- microseconds since 1970
        text INTEGER NOT NULL REFERENCES texts (key),
        record TEXT NOT NULL,             -- JSON of the rest
        -- out of the record, to choose by:
        portal TEXT,
        region TEXT,
        agency TEXT,
        category TEXT NOT NULL,
        year INTEGER,
        url_key TEXT,
        external_id TEXT
    ) STRICT;
    CREATE INDEX documents_page ON documents (url_key) WHERE url_key IS NOT NULL;
    CREATE INDEX documents_external ON documents (external_id) WHERE external_id IS NOT NULL;
    CREATE INDEX documents_text ON documents (text);

    CREATE TABLE versions (               -- the first capture of each text a document had
        document INTEGER NOT NULL REFERENCES documents (key),
        captured_at INTEGER NOT NULL,
        title TEXT NOT NULL,
        text INTEGER NOT NULL REFERENCES texts (key),
        PRIMARY KEY (document, captured_at)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX versions_text ON versions (text);

    CREATE TABLE cursors (                -- how far each reader of a sequence has come
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// Lists of people who receive something are shown for a time only, counted from this day (days since 1970).
const RECIPIENTS: &str = "
    ALTER TABLE documents ADD COLUMN recipients_since INTEGER;
    CREATE INDEX documents_recipients ON documents (recipients_since) WHERE recipients_since IS NOT NULL;
";

const FILES: &str = "
    CREATE TABLE files (                  -- every content of a file once, as it was read
        digest TEXT PRIMARY KEY,          -- of the payload, as the archive writes it
        bytes INTEGER NOT NULL,
        rules INTEGER NOT NULL,           -- number of the rules it was read by
        body BLOB NOT NULL                -- zlib of the JSON of what was read
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE fetched (                -- the newest content of each address of a file
        url_key TEXT PRIMARY KEY,
        captured_at INTEGER NOT NULL,     -- microseconds since 1970
        digest TEXT NOT NULL,
        withheld INTEGER NOT NULL         -- 1: closed by the takedown list
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX fetched_digest ON fetched (digest);

    CREATE TABLE attachments (            -- which documents name a file
        url_key TEXT NOT NULL,
        document INTEGER NOT NULL REFERENCES documents (key),
        PRIMARY KEY (url_key, document)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attachments_document ON attachments (document);

    -- The files in the archive were passed over until now.
    DELETE FROM cursors WHERE name = 'extracted_captures';
";

/// The dates that go with a status.
const STANDING: &str = "
    ALTER TABLE documents ADD COLUMN status_since INTEGER;
    ALTER TABLE documents ADD COLUMN changed_at INTEGER;   -- first capture of the newest version, where there are several
    ALTER TABLE documents ADD COLUMN moved_to TEXT;
    UPDATE documents SET changed_at = (SELECT CASE WHEN count(*) > 1 THEN max(captured_at) END
        FROM versions WHERE document = key);
    CREATE INDEX documents_changed ON documents (url_key) WHERE changed_at IS NOT NULL;
";

/// What documents are compared by, and what came of it.
const RELATIONS: &str = "
    CREATE TABLE fingerprints (
        document INTEGER PRIMARY KEY REFERENCES documents (key),
        facts TEXT NOT NULL,              -- JSON
        sketch BLOB NOT NULL              -- 32-bit numbers, little-endian
    ) STRICT;

    CREATE TABLE names (                  -- numbers and titles that documents bear or cite
        key INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,               -- number, title
        name TEXT NOT NULL,
        UNIQUE (kind, name)
    ) STRICT;
    CREATE TABLE borne (
        document INTEGER NOT NULL REFERENCES documents (key),
        name INTEGER NOT NULL REFERENCES names (key),
        whole INTEGER NOT NULL,           -- 1: the whole name, 0: a shortened one
        PRIMARY KEY (document, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX borne_name ON borne (name);
    CREATE TABLE cited (
        document INTEGER NOT NULL REFERENCES documents (key),
        name INTEGER NOT NULL REFERENCES names (key),
        PRIMARY KEY (document, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX cited_name ON cited (name);

    CREATE TABLE likenesses (             -- of two texts, by their digests, the lower one first
        a INTEGER NOT NULL,
        b INTEGER NOT NULL,
        resemblance REAL NOT NULL,        -- both from 0 to 1
        containment REAL NOT NULL,
        PRIMARY KEY (a, b)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE kin (                    -- members of groups of two and more
        document INTEGER PRIMARY KEY REFERENCES documents (key),
        leader INTEGER NOT NULL REFERENCES documents (key),
        kinship TEXT NOT NULL             -- leader, reprint, variant
    ) STRICT;
    CREATE INDEX kin_leader ON kin (leader);
    CREATE TABLE editions (               -- of regulations that are held in two and more; only leaders of groups
        document INTEGER PRIMARY KEY REFERENCES documents (key),
        regulation INTEGER NOT NULL,
        edition INTEGER NOT NULL          -- YYYYMMDD
    ) STRICT;
    CREATE INDEX editions_regulation ON editions (regulation, edition);
";

/// By which rules each page and each imported record was read, and which documents nothing gives any more.
const DERIVED: &str = "
    CREATE TABLE rules (                  -- every set of rules by which something was read
        key INTEGER PRIMARY KEY,
        record TEXT NOT NULL UNIQUE       -- what was in force, as the reader writes it
    ) STRICT;

    CREATE TABLE derived (                -- one row for each page and each imported record that was read
        source TEXT PRIMARY KEY,
        rules INTEGER NOT NULL,           -- 0: to be read again in any case
        reached INTEGER NOT NULL,         -- the last of its captures in the state's order
        newest INTEGER NOT NULL,          -- the newest of them, microseconds since 1970
        halves INTEGER NOT NULL           -- 1: some of them broke off on their way
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX derived_rules ON derived (rules, reached);

    CREATE TABLE dropped (                -- documents that came out once and do not any more
        id TEXT PRIMARY KEY,
        change INTEGER NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW next_change AS SELECT 1 + max(
        (SELECT coalesce(max(change), 0) FROM documents), (SELECT coalesce(max(change), 0) FROM dropped)) AS next;

    -- By which rules documents were read is not known of older catalogues; records may have another form.
    DELETE FROM cursors WHERE name IN ('extracted_captures', 'extracted_imports');
";

/// A page may hold several documents, and a document may leave it.
const PARTS: &str = "
    -- the capture that first shows the page without the document
    ALTER TABLE documents ADD COLUMN left_page INTEGER;
";

/// The figures of annual reports.
const FIGURES: &str = "
    CREATE TABLE metrics (                -- ids of figures
        key INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE reporters (              -- agencies that report, by their plain names
        key INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE reports (                -- what was read from an annual report
        document INTEGER PRIMARY KEY REFERENCES documents (key),
        agency INTEGER REFERENCES reporters (key),
        region TEXT,
        year INTEGER,                     -- that it is about
        format TEXT,
        state TEXT NOT NULL,              -- figures, no_text
        version INTEGER NOT NULL,         -- capture of its text, microseconds since 1970
        corrected INTEGER NOT NULL,       -- 1: a curator corrected a figure
        body BLOB NOT NULL                -- zlib of the JSON of all that was read
    ) STRICT;
    CREATE INDEX reports_agency ON reports (agency, year);

    CREATE TABLE figures (                -- those with an id, of reports with agency and year
        metric INTEGER NOT NULL REFERENCES metrics (key),
        agency INTEGER NOT NULL REFERENCES reporters (key),
        year INTEGER NOT NULL,
        document INTEGER NOT NULL REFERENCES documents (key),
        value REAL,                       -- null: blank or not certain, never 0
        marks INTEGER NOT NULL,           -- bits: 1 approximate, 2 flagged, 4 corrected, 8 cut out of digits
        PRIMARY KEY (metric, agency, year, document)
    ) STRICT, WITHOUT ROWID;
";

/// What a curator corrected is no longer said to be cut out of digits.
const CORRECTED: &str = "UPDATE figures SET marks = marks - 8 WHERE marks & 4 AND marks & 8";

/// From when readers could see the changes.
const DATED: &str = "
    CREATE TABLE dated (
        change INTEGER PRIMARY KEY,       -- this one and those before it that have no row
        at INTEGER NOT NULL               -- microseconds since 1970
    ) STRICT;
    CREATE INDEX dated_at ON dated (at);
";
