using Bellhop.Events;

namespace Bellhop.Cli.Setup;

/// <summary>Where events wait for a gateway that is down: one file each, named by a ULID so that they sort as they came.</summary>
internal static class Spool
{
    /// <summary>What a finished file ends in; a writer's temporary file ends otherwise.</summary>
    public const string Extension = ".json";

    /// <summary>What a file of the gateway's own ends in: an event that came while the store was away.</summary>
    public const string AwayExtension = ".away";

    /// <summary>Writes one event. It is on disk, name and all, when this returns.</summary>
    /// <exception cref="CommandException">It could not be written; nothing was kept.</exception>
    public static void Write(Home home, Ulid name, ReadOnlySpan<byte> body)
    {
        home.Create();
        try
        {
            new DurableFile(Disk.Real).Write(Path.Combine(home.Spool, name + Extension), body);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"Not accepted: Bellhop is not running and {home.Spool} cannot be written: {e.Message}",
                ExitCode.NotAccepted
            );
        }
    }

    /// <summary>The finished files, oldest first.</summary>
    public static IReadOnlyList<string> Files(Home home) =>
        [
            .. Directory
                .EnumerateFiles(home.Spool)
                .Where(path =>
                    Path.GetExtension(path) is Extension or AwayExtension && !Path.GetFileName(path).StartsWith('.')
                )
                .OrderBy(Path.GetFileNameWithoutExtension, StringComparer.Ordinal),
        ];
}
