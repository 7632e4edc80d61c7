using Bellhop.Events;

namespace Bellhop.Cli.Setup;

/// <summary>Where events wait for a gateway that is down: one file each, named by a ULID so that they sort as they came.</summary>
internal static class Spool
{
    /// <summary>What a finished file ends in; a writer's temporary file ends otherwise.</summary>
    public const string Extension = ".json";

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
        [.. Directory.EnumerateFiles(home.Spool, "*" + Extension).Order(StringComparer.Ordinal)];
}
