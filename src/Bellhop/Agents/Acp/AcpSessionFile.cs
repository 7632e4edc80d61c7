using System.Text.Json;

namespace Bellhop.Agents.Acp;

/// <summary>What is kept of an agent's session across restarts of both.</summary>
/// <param name="SessionId">The agent's name for it.</param>
/// <param name="Answered">The marker of the newest prompt that was answered in it; null before the first.</param>
internal sealed record AcpSessionRecord(string SessionId, string? Answered);

/// <summary>Keeps it in a small file, replaced whole.</summary>
internal sealed class AcpSessionFile(string path)
{
    /// <summary>There was a session before.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>What is kept; null where nothing is, or nothing that can be read.</summary>
    public AcpSessionRecord? Read()
    {
        if (!Exists)
            return null;
        try
        {
            return
                JsonSerializer.Deserialize(File.ReadAllBytes(path), AcpJsonContext.Default.AcpSessionRecord)
                    is { SessionId: not null } record
                ? record
                : null;
        }
        catch (JsonException)
        {
            return null; // written whole or not at all, so somebody else's doing; a new session begins
        }
    }

    /// <summary>It is on disk when this returns: a prompt goes only into a session that the next start can find.</summary>
    public void Write(AcpSessionRecord record)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(record, AcpJsonContext.Default.AcpSessionRecord);
        new DurableFile(Disk.Real).Write(path, bytes);
    }
}
