using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>A terminal with a transcript of its own, what was meant for it, and when it was last harmed.</summary>
internal sealed record Satellite(PiRpc Pi, string Transcript)
{
    public string Sid => $"pid-{Pi.Pid}";

    /// <summary>Events that only it was sent.</summary>
    public List<int> Own { get; } = [];

    /// <summary>Null while nothing was done to it.</summary>
    public DateTimeOffset? HarmedAt { get; set; }
}

/// <summary>Bellhop with a real pi as central, and terminals with our extension as satellites, all on one Redis.</summary>
internal sealed class BesideBellhop : IAsyncDisposable
{
    private readonly TerminalFixture _person;
    private readonly GatewayHome _home;
    private readonly TempFolder _transcripts = new();
    private readonly List<Satellite> _satellites = [];

    private BesideBellhop(PersistentRedis redis, TerminalFixture person, GatewayHome home, GatewayProcess gateway) =>
        (Redis, _person, _home, Gateway) = (redis, person, home, gateway);

    public PersistentRedis Redis { get; }

    public GatewayProcess Gateway { get; }

    public IReadOnlyList<Satellite> Satellites => _satellites;

    /// <summary>How many events were pushed so far; they are numbered from 0.</summary>
    public int Pushed { get; private set; }

    public static async Task<BesideBellhop> StartAsync(FakeModel model)
    {
        var redis = await PersistentRedis.StartAsync();
        var home = new GatewayHome().WithPi(Named(New), model).OnRedis($"redis://127.0.0.1:{redis.Port}/0");
        var gateway = await GatewayProcess.StartAsync(home);
        return new BesideBellhop(redis, new TerminalFixture(model, redis.Port), home, gateway);
    }

    /// <summary>One more satellite, joined, and seen by Bellhop.</summary>
    public async Task<Satellite> AddSatelliteAsync()
    {
        var transcript = _transcripts.Inside($"{_satellites.Count}", "kept.jsonl");
        var environment = new[] { TerminalRounds.ShortLease, ("GATEWAY_ROLE", "satellite") };
        var satellite = new Satellite(_person.StartRpcOn(transcript, New, environment), transcript);
        await satellite.Pi.IsJoinedAsync();
        await IsSeenAsync(satellite);
        _satellites.Add(satellite);
        return satellite;
    }

    /// <summary>Returns when Bellhop knows of it.</summary>
    public Task IsSeenAsync(Satellite satellite) =>
        Wait.Until(
            async () => (await Gateway.Api.GetAsync("/v1/sessions")).Text.Contains($"\"{satellite.Sid}\""),
            $"{satellite.Sid} to be seen"
        );

    /// <summary>Six events: for the satellite alone, without an id, for central alone, and for both by a producer's origin.</summary>
    public async Task BurstAsync(Satellite satellite)
    {
        for (var i = 0; i < 3; i++)
            await ToSatelliteAsync(satellite, withId: true);
        await ToSatelliteAsync(satellite, withId: false);
        await _person.PushAsync("main", Next(withId: true));
        (await Gateway.Api.PushAsync(Next(withId: true, origin: satellite.Sid))).Code.ShouldBeNull();
    }

    /// <summary>One event that nobody else is sent. Returns its number.</summary>
    public async Task<int> ToSatelliteAsync(Satellite satellite, bool withId, int delayMs = 60)
    {
        satellite.Own.Add(Pushed);
        await _person.PushAsync(satellite.Sid, Next(withId, delayMs));
        return Pushed - 1;
    }

    /// <summary>Nothing is unfinished in the store, and nothing is left on the satellites' lists.</summary>
    public async Task IsDrainedAsync(TimeSpan atMost)
    {
        string[] lists =
        [
            .. _satellites.SelectMany(s => new[] { $"agent:events:{s.Sid}", $"agent:claims:{s.Sid}" }),
            .. new[] { "agent:events:main", "agent:claims:gateway", "agent:receipts" },
        ];
        await Wait.Until(
            async () =>
                (await _person.BusAsync(["EXISTS", .. lists])) is ["0"] && await Gateway.Api.UnfinishedAsync() == 0,
            $"everything to be over. Bellhop said:\n{Gateway.Said}",
            atMost
        );
    }

    public Task<string[]> BusAsync(params string[] words) => _person.BusAsync(words);

    /// <summary>How often an event was told in central's transcripts.</summary>
    public int TimesCentralWasTold(int number) => Times(_home.Beside.Path, number);

    /// <summary>How often it was told in a satellite's.</summary>
    public static int TimesTold(Satellite satellite, int number) =>
        Times(Path.GetDirectoryName(satellite.Transcript)!, number);

    public async ValueTask DisposeAsync()
    {
        await _person.DisposeAsync();
        await Gateway.DisposeAsync();
        _home.Dispose();
        _transcripts.Dispose();
        Redis.Dispose();
    }

    private static int Times(string folder, int number) =>
        UserMessages(folder).Sum(text => text.Split($"t.{number}**").Length - 1);

    private string Next(bool withId, int delayMs = 60, string? origin = null)
    {
        var number = Pushed++;
        var id = withId ? $"\"id\":\"e{number}\"," : "";
        var from = origin is null ? "" : $",\"originSession\":\"{origin}\"";
        return $$$"""{{{{id}}}"type":"t.{{{number}}}","source":"s","payload":{"x":"[[delay:{{{delayMs}}}]]"}{{{from}}}}""";
    }
}
