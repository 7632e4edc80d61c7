using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bellhop.Store.Sqlite;

/// <summary>The file itself: made private and durable, and spoken of in words a person can act on.</summary>
internal static class StoreFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file and its folder unless they are there. A new name is on disk when this returns.</summary>
    /// <exception cref="StoreException">The folder or the file cannot be made.</exception>
    public static void Create(string path)
    {
        try
        {
            CreateDurably(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"{path} cannot be made ({e.Message}). Make its folder writable for this user, or set BELLHOP_HOME.",
                e
            );
        }
    }

    /// <summary>What a failure of SQLite means for the person who runs the gateway.</summary>
    public static StoreException Explain(SqliteException e, string path) =>
        e.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => new StoreException(
                $"{path} is damaged ({e.Message}). Stop the gateway, keep a copy of the file, and put a backup in its "
                    + $"place; or save what can be read with: sqlite3 {path} .recover | sqlite3 mended.db",
                e
            ),
            raw.SQLITE_FULL => new StoreException($"The disk that holds {path} is full. Free some space.", e)
            {
                IsDiskFull = true,
            },
            raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_READONLY => new StoreException(
                $"{path} cannot be opened for writing ({e.Message}). Make the file and its folder writable for this user.",
                e
            ),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreException(
                $"{path} is locked by another program. End whatever else has it open.",
                e
            ),
            raw.SQLITE_CONSTRAINT => new StoreException($"The store refused the change: {e.Message}", e),
            _ => new StoreException($"{path}: {e.Message}", e),
        };

    private static void CreateDurably(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        if (File.Exists(path))
            return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
        // SQLite gives the files beside it (-wal, -shm) the same mode.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (new FileStream(path, options)) { }
        if (!OperatingSystem.IsWindows())
            SyncFolder(folder);
    }

    // A new file's name lives in its folder, which has a cache of its own; .NET opens no folder.
    private static void SyncFolder(string folder)
    {
        var descriptor = Native.Open(folder, Native.ReadOnly);
        if (descriptor < 0)
            throw new IOException($"Cannot open the folder {folder} (errno {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (Native.Fsync(descriptor) != 0)
                throw new IOException($"Cannot sync the folder {folder} (errno {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    private static class Native
    {
        public const int ReadOnly = 0;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
