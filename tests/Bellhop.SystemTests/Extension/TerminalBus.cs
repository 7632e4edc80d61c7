using System.Text.Json.Nodes;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>A Bellhop without an agent of its own, and what its terminals join: its own listener, or a Redis beside it.</summary>
internal sealed class TerminalBus(GatewayHome home, PersistentRedis? redis) : IAsyncDisposable
{
    public GatewayProcess Gateway { get; private set; } = null!;

    public GatewayHome Home => home;

    public int Port => redis?.Port ?? Gateway.RespPort;

    /// <summary>How a terminal joins it; our listener may have another port when it is started again.</summary>
    public (string, string?)[] Environment => [("GATEWAY_ROLE", "central"), .. Plain];

    /// <summary>The same for a terminal that is told nothing, or something else.</summary>
    public (string, string?)[] Plain => redis is null ? [("REDIS_URL", null), ("BELLHOP_HOME", home.Path)] : [];

    public static async Task<TerminalBus> StartAsync(bool onRedis)
    {
        var redis = onRedis ? await PersistentRedis.StartAsync() : null;
        var home = new GatewayHome().WithConfig(new JsonObject { ["kind"] = "none" });
        if (redis is not null)
            home.OnRedis($"redis://127.0.0.1:{redis.Port}/0");
        return new TerminalBus(home, redis) { Gateway = await GatewayProcess.StartAsync(home) };
    }

    /// <summary>The terminals' bus is away.</summary>
    public async Task KillAsync()
    {
        if (redis is not null)
            redis.Kill();
        else
            await KillGatewayAsync();
    }

    /// <summary>It is there again, with all that it acknowledged.</summary>
    public async Task StartAgainAsync()
    {
        if (redis is not null)
            await redis.StartAgainAsync();
        else
            Gateway = await GatewayProcess.StartAsync(home);
    }

    public async Task KillAndStartGatewayAsync()
    {
        await KillGatewayAsync();
        Gateway = await GatewayProcess.StartAsync(home);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        home.Dispose();
        redis?.Dispose();
    }

    private async Task KillGatewayAsync()
    {
        await Gateway.KillAsync();
        await Gateway.DisposeAsync();
    }
}
