using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bellhop.Agents.Processes;

namespace Bellhop.Agents.Pi;

/// <summary>
/// pi's version: read from the package that its program belongs to, which costs no second process; asked of pi where the
/// program is a wrapper.
/// </summary>
internal static partial class PiVersion
{
    // A version stands in the first line; what writes more than this has not understood the question.
    private const int MaxWords = 1024;

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
            return Version().Match(Encoding.UTF8.GetString(words, 0, length)) is { Success: true } version
                ? version.Value
                : null;
        }
        catch (Exception e) when (e is OperationCanceledException or SpawnException or IOException)
        {
            return null; // only something to show
        }
    }

    [GeneratedRegex(
        @"\b\d{1,9}\.\d{1,9}\.\d{1,9}[0-9A-Za-z.+-]{0,40}",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Version();

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
