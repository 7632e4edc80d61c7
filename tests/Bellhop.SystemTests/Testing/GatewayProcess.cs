using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>The built program, running <c>up</c> on a home. A test starts, stops and kills it like a person would.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ProcessOutput _said;

    private GatewayProcess(GatewayHome home, Process process, ProcessOutput said, Endpoints endpoints)
    {
        (Home, _process, _said, Endpoints) = (home, process, said, endpoints);
        Api = new GatewayApi(new Uri(endpoints.Http), home.Token);
    }

    public GatewayHome Home { get; }

    /// <summary>Where it listens, by its own word.</summary>
    public Endpoints Endpoints { get; }

    /// <summary>Its HTTP interface, with the token.</summary>
    public GatewayApi Api { get; }

    public int Pid => Endpoints.Pid;

    /// <summary>The Redis protocol's port.</summary>
    public int RespPort => int.Parse(Endpoints.Resp!.Split(':')[^1]);

    /// <summary>Everything it said so far, for a failure's message.</summary>
    public string Said => _said.ToString();

    /// <summary>
    /// Starts it and returns when it says where it listens. <paramref name="launcher"/> goes before the program, as in
    /// <c>strace -f … bellhop up</c>.
    /// </summary>
    public static async Task<GatewayProcess> StartAsync(GatewayHome home, params string[] launcher)
    {
        string[] line = [.. launcher, home.Program, "up"];
        var process = new Process { StartInfo = Processes.Describe(line[0], line[1..], home.Environment) };
        using var ready = new EndpointsWatch(home, anyPid: launcher.Length > 0);
        process.Start();
        process.StandardInput.Close();
        var said = new ProcessOutput(process);
        var endpoints = await ready.WaitAsync(process, said);
        return new GatewayProcess(home, process, said, endpoints);
    }

    /// <summary>Returns when it has said these words.</summary>
    public Task SaysAsync(string words) => _said.ContainsAsync(words);

    /// <summary>SIGTERM, and its exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan? atMost = null)
    {
        Processes.Signal(Pid, "TERM");
        return await ExitAsync(atMost);
    }

    /// <summary>SIGKILL: no word, no clean-up.</summary>
    public async Task KillAsync()
    {
        Processes.Signal(Pid, "KILL");
        await ExitAsync();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<int> ExitAsync(TimeSpan? atMost = null)
    {
        using var limit = new CancellationTokenSource(atMost ?? Wait.Patience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The gateway did not end. It said:\n{Said}", e);
        }
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (!_process.HasExited)
        {
            Processes.Signal(Pid, "KILL");
            await ExitAsync();
        }
        _process.Dispose();
        _said.Dispose();
    }
}
