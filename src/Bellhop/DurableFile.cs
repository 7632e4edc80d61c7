namespace Bellhop;

/// <summary>
/// Replaces a file so that after a crash it is there whole, or not at all: temporary file, sync, rename, sync of the
/// folder. Leave one out and a power cut leaves an empty file or none.
/// </summary>
public sealed class DurableFile(IDisk disk)
{
    /// <summary>It is on disk under its name when this returns.</summary>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        try
        {
            disk.WriteAndSync(temporary, content);
            disk.Rename(temporary, path);
        }
        catch
        {
            disk.Remove(temporary);
            throw;
        }
        disk.SyncFolder(folder);
    }
}

/// <summary>The steps of a durable write, apart so that their order can be tested.</summary>
public interface IDisk
{
    /// <summary>Creates a file that only this user can read; returns once its content is on disk.</summary>
    void WriteAndSync(string path, ReadOnlySpan<byte> content);

    /// <summary>Takes the place of whatever has the name.</summary>
    void Rename(string from, string to);

    /// <summary>Returns once the folder's names are on disk.</summary>
    void SyncFolder(string path);

    /// <summary>Removes a file if it is there.</summary>
    void Remove(string path);
}
