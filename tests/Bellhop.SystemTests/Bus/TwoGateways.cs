using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>One of two gateways on a Redis: a home, a real pi of its own, and the process while there is one.</summary>
internal sealed class Member(GatewayHome home, FakeModel model, string[] launcher) : IAsyncDisposable
{
    private GatewayProcess? _process;
    private GatewayApi? _api;

    public GatewayHome Home => home;

    public int Pid => _process!.Pid;

    public string Said => _process?.Said ?? "";

    public GatewayApi Api => _api ?? throw new IOException("This gateway is down.");

    /// <summary>Up, with its own transcript and spool as it left them.</summary>
    public async Task StartAsync()
    {
        _process = await GatewayProcess.StartAsync(home, launcher);
        _api = new GatewayApi(home);
    }

    /// <summary>SIGKILL; its agent is left to itself.</summary>
    public async Task KillAsync()
    {
        _api!.Dispose();
        _api = null;
        Processes.Signal(Pid, "KILL");
        await _process!.ExitAsync();
        await _process.DisposeAsync();
    }

    public void Pause() => Processes.Signal(Pid, "STOP");

    public void GoOn() => Processes.Signal(Pid, "CONT");

    /// <summary>True where nothing is unfinished, and nothing waits on its disk.</summary>
    public async Task<bool> IsDrainedAsync()
    {
        var status = (await Api.GetAsync("/v1/status")).Json;
        return status.GetProperty("unfinished").GetInt64() == 0
            && status.GetProperty("bus").GetProperty("spooled").GetInt32() == 0;
    }

    /// <summary>Every prompt in this gateway's own transcripts.</summary>
    public IReadOnlyList<string> Told() => RealPi.UserMessages(home.Beside.Path);

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_process is not null)
            await _process.DisposeAsync();
        await model.DisposeAsync();
        home.Dispose();
    }
}

/// <summary>Two gateways on one Redis, with a lease of two seconds.</summary>
internal sealed class TwoGateways : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private TwoGateways(Member first, Member second) => Both = [first, second];

    public IReadOnlyList<Member> Both { get; }

    public static Task<TwoGateways> StartAsync(string url) => StartAsync(url, [], []);

    public static async Task<TwoGateways> StartAsync(string url, string[] firstLauncher, string[] secondLauncher)
    {
        var both = new TwoGateways(await MakeAsync(url, firstLauncher), await MakeAsync(url, secondLauncher));
        await Task.WhenAll(both.Both.Select(m => m.StartAsync()));
        return both;
    }

    /// <summary>Who is central, and the other one.</summary>
    public async Task<(Member Holder, Member Other)> WhoAsync()
    {
        var holder = await Wait.For(FindAsync, "one of the two to be central");
        return (holder, Both.Single(m => m != holder));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in Both)
            await member.DisposeAsync();
    }

    private static async Task<Member> MakeAsync(string url, string[] launcher)
    {
        var model = await FakeModel.StartAsync(launcher);
        return new Member(new GatewayHome().WithPi(RealPi.Named(RealPi.New), model).OnRedis(url), model, launcher);
    }

    private async Task<Member?> FindAsync()
    {
        foreach (var member in Both)
        {
            if (await RoleAsync(member) == "central")
                return member;
        }
        return null;
    }

    private static async Task<string?> RoleAsync(Member member)
    {
        try
        {
            return await member.Api.RoleAsync();
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException($"A gateway does not answer. It said:\n{member.Said}", e);
        }
    }
}
