using System.Globalization;
using System.Text;
using System.Text.Json;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Pi;

/// <summary>
/// pi's version: read from the package that its program belongs to, which costs no second process; asked of pi where the
/// program is a wrapper.
/// </summary>
internal static class PiVersion
{
    // A version stands in the first line; what writes more than this has not understood the question.
    private const int MaxWords = 1024;

    private const int MaxVersion = 64;

    // Under load an old pi takes 4 s to say it.
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(10);

    // bin/pi is a link to dist/cli.js or dist/bundle/cli.js of the package.
    private const int Levels = 3;

    /// <summary>The version by the package; null where the program is not part of one (a wrapper, another agent).</summary>
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

    /// <summary>Runs the program with <c>--version</c> and an empty input; null where it says none in time.</summary>
    public static async Task<string?> AskAsync(
        Children children,
        ChildStart start,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        using var limit = new CancellationTokenSource(AskLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            await using var child = await children.StartAsync(start, either.Token);
            child.CloseInput();
            var words = new byte[MaxWords];
            var length = await child.Output.ReadAtLeastAsync(
                words,
                words.Length,
                throwOnEndOfStream: false,
                either.Token
            );
            return In(Encoding.UTF8.GetString(words, 0, length));
        }
        catch (Exception e) when (e is OperationCanceledException or SpawnException or IOException)
        {
            return null; // only something to show
        }
    }

    /// <summary>The first word that begins as <c>1.5.2</c> does.</summary>
    internal static string? In(string words) =>
        words
            .Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.TrimStart('v'))
            .FirstOrDefault(word =>
                word.Length <= MaxVersion
                && word.Split('.', 3) is [var major, var minor, [>= '0' and <= '9', ..]]
                && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            );

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
