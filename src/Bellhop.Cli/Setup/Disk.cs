using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bellhop.Cli.Setup;

/// <summary>The real disk.</summary>
internal sealed partial class Disk : IDisk
{
    public static readonly Disk Real = new();

    private Disk() { }

    public void WriteAndSync(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void SyncFolder(string path)
    {
        // .NET opens no folders, so this asks the C library.
        using var folder = Open(path, 0);
        if (folder.IsInvalid || Sync(folder) != 0)
            throw new IOException(
                $"{path} cannot be synced: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}."
            );
    }

    public void Remove(string path) => File.Delete(path);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle handle);
}
