using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>A pi in a terminal of its own tmux, as a person has it. What it showed last is kept with the test results.</summary>
internal sealed class PiTerminal : IAsyncDisposable
{
    private const int Width = 120;
    private const int Height = 200;

    private readonly string _socket;
    private readonly string _name;

    private PiTerminal(string socket, string name, int pid) => (_socket, _name, Pid) = (socket, name, pid);

    /// <summary>pi itself: nothing stands between it and its terminal.</summary>
    public int Pid { get; }

    public static async Task<PiTerminal> StartAsync(
        string name,
        string line,
        IReadOnlyDictionary<string, string?> environment,
        string folder
    )
    {
        var socket = $"bh-{Guid.NewGuid():N}"[..16];
        string[] start = ["-f", "/dev/null", "new-session", "-d", "-s", "pi", "-x", $"{Width}", "-y", $"{Height}"];
        var begun = await TmuxAsync(socket, [.. start, "-c", folder, $"exec {line}"], environment);
        begun.ExitCode.ShouldBe(0, begun.All);
        var pid = await TmuxAsync(socket, ["list-panes", "-F", "#{pane_pid}"], environment);
        return new PiTerminal(socket, name, int.Parse(pid.Output));
    }

    /// <summary>What a person sees.</summary>
    public async Task<string> CaptureAsync() => (await TmuxAsync("capture-pane", "-p", "-t", "pi")).Output;

    /// <summary>Types a line and presses Enter.</summary>
    public async Task TypeAsync(string line)
    {
        await TmuxAsync("send-keys", "-t", "pi", "-l", line);
        await TmuxAsync("send-keys", "-t", "pi", "Enter");
    }

    /// <summary>Presses a key by tmux' name for it.</summary>
    public Task PressAsync(string key) => TmuxAsync("send-keys", "-t", "pi", key);

    /// <summary>Returns when these words are on the screen.</summary>
    public async Task<string> ShowsAsync(string words)
    {
        var screen = "";
        try
        {
            return await Wait.For(
                async () => (screen = await CaptureAsync()).Contains(words) ? screen : null,
                $"'{words}' on the screen of {_name}"
            );
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{screen.Trim()}", e);
        }
    }

    /// <summary>Keeps what is on the screen, under the running test's name.</summary>
    public async Task KeepAsync(string step)
    {
        var test = TestContext.Current.TestMethod?.MethodName ?? "test";
        var folder = Path.Combine(Repository.Root, "artifacts", "test-results", "extension");
        Directory.CreateDirectory(folder);
        var screen = string.Join('\n', (await CaptureAsync()).Split('\n').Where(line => line.Trim() != ""));
        await File.WriteAllTextAsync(Path.Combine(folder, $"{test}-{_name}-{step}.txt"), screen + "\n");
    }

    /// <summary>Closes the window, as a person does.</summary>
    public Task CloseAsync() => TmuxAsync("kill-session", "-t", "pi");

    public async ValueTask DisposeAsync() => await TmuxAsync("kill-server");

    private Task<CliResult> TmuxAsync(params string[] words) =>
        TmuxAsync(_socket, words, new Dictionary<string, string?> { ["TMUX"] = null });

    private static Task<CliResult> TmuxAsync(
        string socket,
        string[] words,
        IReadOnlyDictionary<string, string?> environment
    )
    {
        var all = new Dictionary<string, string?>(environment) { ["LC_ALL"] = "C.UTF-8", ["TERM"] = "xterm-256color" };
        return Cli.RunAsync(Repository.Tool("tmux"), ["-u", "-L", socket, .. words], all);
    }
}
