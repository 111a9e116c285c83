/** Forms of the database, oldest first. A form that has left the house is never changed: the next one is added behind it. */

/** `migrations[n]` brings form n to form n + 1 (`PRAGMA user_version`). */
export const migrations: readonly string[] = [
  `CREATE TABLE recordings (
     serial INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     line TEXT NOT NULL,
     call_id TEXT,
     call TEXT,
     why TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     ended_at INTEGER NOT NULL,
     duration_ms INTEGER NOT NULL,
     path TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     sha256 TEXT NOT NULL,
     codec TEXT NOT NULL,
     lost_samples INTEGER NOT NULL,
     recovered INTEGER NOT NULL,
     link TEXT NOT NULL
   ) STRICT;
   CREATE INDEX recordings_time ON recordings (started_at, serial);
   CREATE INDEX recordings_line ON recordings (line, started_at, serial);
   CREATE INDEX recordings_call ON recordings (call_id);

   CREATE TABLE calls (
     n INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     line TEXT NOT NULL,
     trunk TEXT NOT NULL,
     phone TEXT NOT NULL,
     direction TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     answered_at INTEGER,
     answered_by TEXT,
     ended_at INTEGER,
     end TEXT,
     rings INTEGER NOT NULL,
     digits TEXT NOT NULL,
     caller TEXT NOT NULL,
     bypass INTEGER NOT NULL,
     numbers TEXT NOT NULL GENERATED ALWAYS AS (caller || ' ' || digits || ' ' || trunk) STORED
   ) STRICT;
   CREATE INDEX calls_time ON calls (started_at, n);
   CREATE INDEX calls_line ON calls (line, started_at, n);

   CREATE VIRTUAL TABLE call_numbers USING fts5(
     numbers, content = 'calls', content_rowid = 'n', tokenize = 'trigram', detail = none
   );
   CREATE TRIGGER calls_added AFTER INSERT ON calls BEGIN
     INSERT INTO call_numbers (rowid, numbers) VALUES (new.n, new.numbers);
   END;
   CREATE TRIGGER calls_removed AFTER DELETE ON calls BEGIN
     INSERT INTO call_numbers (call_numbers, rowid, numbers) VALUES ('delete', old.n, old.numbers);
   END;
   CREATE TRIGGER calls_changed AFTER UPDATE ON calls BEGIN
     INSERT INTO call_numbers (call_numbers, rowid, numbers) VALUES ('delete', old.n, old.numbers);
     INSERT INTO call_numbers (rowid, numbers) VALUES (new.n, new.numbers);
   END;

   CREATE TABLE alarms (
     n INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     change TEXT NOT NULL,
     alarm TEXT NOT NULL,
     severity TEXT NOT NULL,
     view TEXT NOT NULL
   ) STRICT;
   CREATE INDEX alarms_time ON alarms (at);

   CREATE TABLE notices (
     n INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     at INTEGER NOT NULL,
     kind TEXT NOT NULL,
     notice TEXT NOT NULL
   ) STRICT;
   CREATE INDEX notices_time ON notices (at);`,
  // What the PBX says of calls. Beside the recordings, never in them: a sealed row does not change.
  `CREATE TABLE record_lines (
     n INTEGER PRIMARY KEY,
     bus TEXT NOT NULL,
     at INTEGER NOT NULL,
     came_to TEXT NOT NULL,
     why TEXT,
     raw TEXT NOT NULL
   ) STRICT;

   CREATE TABLE pbx_records (
     n INTEGER PRIMARY KEY,
     bus TEXT NOT NULL,
     at INTEGER NOT NULL,
     key TEXT NOT NULL,
     line TEXT,
     ended_at INTEGER,
     record TEXT NOT NULL,
     extension TEXT,
     number TEXT,
     account TEXT,
     state TEXT NOT NULL,
     call_id TEXT,
     score REAL,
     UNIQUE (bus, key)
   ) STRICT;
   CREATE INDEX pbx_records_state ON pbx_records (state, at);
   CREATE INDEX pbx_records_end ON pbx_records (ended_at);
   CREATE INDEX pbx_records_call ON pbx_records (call_id);
   CREATE INDEX calls_end ON calls (ended_at);`,
];
