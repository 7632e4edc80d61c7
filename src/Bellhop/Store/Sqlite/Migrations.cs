namespace Bellhop.Store.Sqlite;

/// <summary>
/// What made the schema, oldest first; the version of a file is how many of them it has had. One that was released never
/// changes: append another.
/// </summary>
internal static class Migrations
{
    public static readonly IReadOnlyList<string> All = [First];

    // Ids and sources are looked up together for dedupe, ids alone for receipts. Everything unfinished stands in one
    // small index that gives each lane its order, the counts at start and the turns to recover; DeliveryRow.IsUnfinished
    // says what the plus in its condition is for. A turn enters an index when it is over, which only the purge asks for: a
    // lease has a page less to write. A history is a column, not a table: every move rewrites the row anyway, and an
    // append then costs no further tree.
    private const string First = """
        CREATE TABLE events (
            seq         INTEGER PRIMARY KEY,
            key         BLOB    NOT NULL,
            id          TEXT    NOT NULL,
            type        TEXT    NOT NULL,
            source      TEXT    NOT NULL,
            occurred_at INTEGER,
            arrived_at  INTEGER NOT NULL,
            origin      TEXT,
            kind        INTEGER NOT NULL,
            reply_to    TEXT,
            window_ms   INTEGER NOT NULL,
            body        BLOB    NOT NULL
        );
        CREATE UNIQUE INDEX events_by_key ON events (key);
        CREATE INDEX events_by_id ON events (id, source);

        CREATE TABLE deliveries (
            number       INTEGER PRIMARY KEY,
            event        INTEGER NOT NULL,
            session      TEXT    NOT NULL,
            kind         INTEGER NOT NULL,
            state        INTEGER NOT NULL,
            attempts     INTEGER NOT NULL DEFAULT 0,
            kills        INTEGER NOT NULL DEFAULT 0,
            cohort       INTEGER NOT NULL DEFAULT 0,
            turn         BLOB,
            told_in      BLOB,
            slot         INTEGER NOT NULL DEFAULT 0,
            due_at       INTEGER,
            reason       TEXT,
            replay_of    INTEGER,
            dismissed_at INTEGER,
            updated_at   INTEGER NOT NULL,
            history      TEXT    NOT NULL
        );
        CREATE UNIQUE INDEX deliveries_once ON deliveries (event, session, ifnull(replay_of, 0));
        CREATE INDEX deliveries_unfinished ON deliveries (session, state, kind, number) WHERE +state < 5;
        CREATE INDEX deliveries_dead ON deliveries (number) WHERE state = 6;
        CREATE INDEX deliveries_by_turn ON deliveries (turn) WHERE state = 5;

        CREATE TABLE transitions (
            origin INTEGER NOT NULL,
            target INTEGER NOT NULL,
            PRIMARY KEY (origin, target)
        ) WITHOUT ROWID;
        INSERT INTO transitions VALUES (1,2), (1,7), (2,3), (2,7), (3,4), (3,2), (3,6), (4,5), (4,2), (4,6);

        CREATE TRIGGER deliveries_move BEFORE UPDATE OF state ON deliveries
        WHEN NOT EXISTS (SELECT 1 FROM transitions WHERE origin = OLD.state AND target = NEW.state)
        BEGIN SELECT RAISE(ABORT, 'no delivery can make this move'); END;

        CREATE TRIGGER deliveries_birth BEFORE INSERT ON deliveries WHEN NEW.state NOT IN (1, 2, 6)
        BEGIN SELECT RAISE(ABORT, 'a delivery is born accepted, queued or dead'); END;

        CREATE TRIGGER deliveries_end BEFORE DELETE ON deliveries WHEN OLD.state < 5
        BEGIN SELECT RAISE(ABORT, 'an unfinished delivery is never deleted'); END;

        CREATE TABLE replies (
            turn    BLOB    NOT NULL,
            part    INTEGER NOT NULL,
            text    TEXT    NOT NULL,
            address TEXT,
            state   INTEGER NOT NULL,
            PRIMARY KEY (turn, part)
        );

        CREATE TABLE sessions (
            session   TEXT    PRIMARY KEY,
            member    INTEGER NOT NULL,
            last_seen INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE keys (
            number     INTEGER PRIMARY KEY,
            name       TEXT    NOT NULL UNIQUE,
            kind       INTEGER NOT NULL,
            expires_at INTEGER,
            value      BLOB,
            length     INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX keys_expiring ON keys (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE list_items (
            key      INTEGER NOT NULL,
            position INTEGER NOT NULL,
            value    BLOB    NOT NULL,
            PRIMARY KEY (key, position)
        ) WITHOUT ROWID;

        CREATE TABLE set_members (
            key    INTEGER NOT NULL,
            member BLOB    NOT NULL,
            PRIMARY KEY (key, member)
        ) WITHOUT ROWID;
        """;
}
