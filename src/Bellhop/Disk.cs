using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bellhop;

/// <summary>The real disk.</summary>
public sealed class Disk : IDisk
{
    /// <summary>It has no state, so there is one.</summary>
    public static readonly Disk Real = new();

    private Disk() { }

    /// <inheritdoc />
    public void WriteAndSync(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc />
    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc />
    public void SyncFolder(string path)
    {
        // .NET opens no folders, so this asks the C library.
        using var folder = Open(path, 0);
        if (folder.IsInvalid || Sync(folder) != 0)
            throw new IOException(
                $"{path} cannot be synced: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}."
            );
    }

    /// <inheritdoc />
    public void Remove(string path) => File.Delete(path);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle handle);
}
