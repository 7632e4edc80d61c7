namespace Bellhop.Bench.MockAgent;

/// <summary>What the mock agent is told on its command line. Flags of pi that it has no use for are passed over.</summary>
internal sealed record MockAgentOptions
{
    /// <summary>The folder that gets one log file per process; null = no log.</summary>
    public string? LogFolder { get; init; }

    /// <summary>How long the model "thinks". The default value is no time.</summary>
    public TimeSpan Turn { get; init; }

    /// <summary>What it answers. The default value is <c>HEARTBEAT_OK</c>.</summary>
    public string Reply { get; init; } = "HEARTBEAT_OK";

    /// <summary>The session file; null where none was named, and then nothing is kept.</summary>
    public string? SessionFile { get; init; }

    /// <summary>Only the version was asked for.</summary>
    public bool ShowVersion { get; init; }

    public static MockAgentOptions Parse(IReadOnlyList<string> args)
    {
        string? After(string flag)
        {
            var at = args.ToList().IndexOf(flag);
            return at >= 0 && at + 1 < args.Count ? args[at + 1] : null;
        }

        return new MockAgentOptions
        {
            LogFolder = After("--log"),
            Turn = TimeSpan.FromMilliseconds(double.Parse(After("--turn-ms") ?? "0")),
            Reply = After("--reply") ?? "HEARTBEAT_OK",
            SessionFile = After("--session"),
            ShowVersion = args.Contains("--version"),
        };
    }
}
