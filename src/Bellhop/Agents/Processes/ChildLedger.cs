using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Bellhop.Agents.Processes;

/// <summary>
/// The children we have, on disk, so that the next run finds those that we left behind. A child is written down before
/// it is started (its mark) and again before it is used (its pid). Only processes are listed, none of which outlives a
/// power cut, so the file is renamed into place and not synced.
/// </summary>
internal sealed partial class ChildLedger(string path, FamilyKiller killer, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _reaping = new(1);
    private readonly Dictionary<string, ProcessFamily> _children = new(StringComparer.Ordinal);
    private volatile bool _reaped;

    /// <summary>Kills what a previous run left, once; everything that starts or asks an agent waits for this.</summary>
    /// <exception cref="SpawnException">One of them cannot be killed; the next call tries again.</exception>
    public async Task ReapAsync(CancellationToken cancel)
    {
        if (_reaped)
            return;
        await _reaping.WaitAsync(cancel);
        try
        {
            if (_reaped)
                return;
            foreach (var family in Read())
            {
                var living = family.Living(killer.Table).Count;
                await killer.KillAsync(family);
                if (living > 0)
                    Log.Reaped(logger, living, family.Pid);
            }
            _reaped = true;
        }
        finally
        {
            _reaping.Release();
        }
    }

    /// <summary>Writes a child down, or what is now known of it.</summary>
    /// <exception cref="SpawnException">It cannot be written, and is not listed: no child may live unlisted.</exception>
    public void Add(ProcessFamily family)
    {
        lock (_lock)
        {
            var before = _children.GetValueOrDefault(family.Mark);
            _children[family.Mark] = family;
            if (TryWrite() is not { } reason)
                return;
            if (before is null)
                _children.Remove(family.Mark);
            else
                _children[family.Mark] = before;
            throw new SpawnException($"The agent is not started, because {path} cannot be written: {reason}");
        }
    }

    /// <summary>
    /// The child and everything of it is dead. Where that cannot be written, the next write puts it right; until then the
    /// file names somebody dead, whom reaping does not find.
    /// </summary>
    public void Remove(ProcessFamily family)
    {
        lock (_lock)
        {
            if (_children.Remove(family.Mark) && TryWrite() is { } reason)
                Log.CannotWrite(logger, path, reason);
        }
    }

    public void Dispose() => _reaping.Dispose();

    private ProcessFamily[] Read()
    {
        if (!File.Exists(path))
            return [];
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), LedgerJson.Default.ProcessFamilyArray) ?? [];
        }
        catch (JsonException e)
        {
            Log.Unreadable(logger, path, e.Message); // written whole or not at all, so somebody else's doing
            return [];
        }
    }

    /// <summary>Null when it is written, otherwise why it is not.</summary>
    private string? TryWrite()
    {
        try
        {
            Write();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private void Write()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".next";
        File.WriteAllBytes(
            next,
            JsonSerializer.SerializeToUtf8Bytes([.. _children.Values], LedgerJson.Default.ProcessFamilyArray)
        );
        File.Move(next, path, overwrite: true);
    }

    private static partial class Log
    {
        [LoggerMessage(311, LogLevel.Warning, "Killed {Count} process(es) that an earlier run left (agent {Pid})")]
        public static partial void Reaped(ILogger logger, int count, int? pid);

        [LoggerMessage(312, LogLevel.Warning, "{Path} is not readable and is ignored: {Reason}")]
        public static partial void Unreadable(ILogger logger, string path, string reason);

        [LoggerMessage(313, LogLevel.Warning, "{Path} cannot be written and names a process that has ended: {Reason}")]
        public static partial void CannotWrite(ILogger logger, string path, string reason);
    }
}

[JsonSerializable(typeof(ProcessFamily[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class LedgerJson : JsonSerializerContext;
