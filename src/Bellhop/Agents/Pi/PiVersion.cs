using System.Text.Json;

namespace Bellhop.Agents.Pi;

/// <summary>Reads pi's version from the package that its program belongs to, which costs no second process.</summary>
internal static class PiVersion
{
    // bin/pi is a link to dist/cli.js or dist/bundle/cli.js of the package.
    private const int Levels = 3;

    /// <summary>The version; null where the program is not part of a pi package (a wrapper, another agent).</summary>
    public static string? Of(string executable)
    {
        try
        {
            var file = new FileInfo(executable).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? executable;
            var folder = Path.GetDirectoryName(file);
            for (var level = 0; level < Levels && folder is not null; level++, folder = Path.GetDirectoryName(folder))
            {
                if (Read(Path.Combine(folder, "package.json")) is { } version)
                    return version;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // only something to show
        }
        return null;
    }

    private static string? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        using var package = JsonDocument.Parse(File.ReadAllBytes(path));
        return
            package.RootElement.TryGetProperty("name", out var name)
            && name.GetString()?.EndsWith("/pi-coding-agent", StringComparison.Ordinal) == true
            && package.RootElement.TryGetProperty("version", out var version)
            ? version.GetString()
            : null;
    }
}
