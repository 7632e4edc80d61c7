namespace Bellhop.Store.Sqlite;

/// <summary>Brings a file to the version this program knows, and refuses what it cannot.</summary>
internal static class Schema
{
    // "Bell": tells our file from any other SQLite file that somebody's path may point at.
    private const long ApplicationId = 0x42656C6C;

    /// <summary>Runs the migrations the file has not had, each with its version in one commit.</summary>
    /// <exception cref="StoreException">The file is newer than this program, or not ours.</exception>
    public static void Upgrade(Connection db, string path, IReadOnlyList<string> migrations)
    {
        var version = db.Number("PRAGMA user_version");
        if (version > migrations.Count)
            throw new StoreException(
                $"{path} has schema version {version}; this Bellhop knows versions up to {migrations.Count}. "
                    + "Run the newer Bellhop that wrote it, or put a backup from before the upgrade in its place."
            );
        if (
            db.Number("PRAGMA application_id") is not ApplicationId and var id
            && (version > 0 || id != 0 || HasTables(db))
        )
            throw new StoreException(
                $"{path} is a SQLite file of another program. Point BELLHOP_HOME elsewhere, or move that file away."
            );
        for (var next = (int)version; next < migrations.Count; next++)
            Migrate(db, migrations[next], next + 1);
    }

    private static void Migrate(Connection db, string migration, int version)
    {
        db.Execute("BEGIN IMMEDIATE");
        try
        {
            db.Execute(migration);
            db.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version}; COMMIT");
        }
        catch
        {
            if (db.InTransaction)
                db.Execute("ROLLBACK");
            throw;
        }
    }

    private static bool HasTables(Connection db) => db.Number("SELECT count(*) FROM sqlite_master") > 0;
}
