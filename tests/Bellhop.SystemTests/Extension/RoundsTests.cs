using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>
/// The same violence again and again against a terminal under a lease of 2 s, and against the Redis or Valkey it is on:
/// nothing is lost, and nothing is told twice in one transcript.
/// </summary>
public sealed class RoundsTests(FakeModel model) : IClassFixture<FakeModel>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public enum Server
    {
        Redis,
        Valkey,
    }

    public enum Harm
    {
        TerminalKilled,
        ServerKilled,
        ServerStopped,
    }

    [Theory]
    [InlineData(Server.Redis, Harm.TerminalKilled)]
    [InlineData(Server.Redis, Harm.ServerKilled)]
    [InlineData(Server.Redis, Harm.ServerStopped)]
    [InlineData(Server.Valkey, Harm.ServerKilled)]
    public Task Harm_FewRounds_NothingIsLostAndNothingTwice(Server server, Harm harm) =>
        RunAsync(server, harm, RoundsResult.Few);

    [Theory]
    [Trait("Length", "long")]
    [InlineData(Server.Redis, Harm.TerminalKilled)]
    [InlineData(Server.Redis, Harm.ServerKilled)]
    [InlineData(Server.Redis, Harm.ServerStopped)]
    [InlineData(Server.Valkey, Harm.TerminalKilled)]
    [InlineData(Server.Valkey, Harm.ServerKilled)]
    [InlineData(Server.Valkey, Harm.ServerStopped)]
    public Task Harm_ManyRounds_NothingIsLostAndNothingTwice(Server server, Harm harm) =>
        RunAsync(server, harm, RoundsResult.Many);

    private async Task RunAsync(Server server, Harm harm, int rounds)
    {
        using var bus =
            server == Server.Valkey ? await PersistentRedis.StartValkeyAsync() : await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, bus.Port);
        var violence = new TerminalRounds(person, await ServerVersion.OfAsync(bus.Program));
        await violence.RunAsync(
            harm switch
            {
                Harm.TerminalKilled => $"terminal killed (SIGKILL) and started again, on {server}",
                Harm.ServerKilled => $"{server} killed (SIGKILL), AOF always",
                _ => $"{server} stopped (SIGSTOP), 5 s",
            },
            rounds,
            pi => HarmAsync(harm, violence, bus, pi)
        );
    }

    private static async Task<PiRpc> HarmAsync(Harm harm, TerminalRounds violence, PersistentRedis bus, PiRpc pi)
    {
        switch (harm)
        {
            case Harm.TerminalKilled:
                pi.Kill();
                return await violence.StartAsync();
            case Harm.ServerKilled:
                bus.Kill();
                await bus.StartAgainAsync();
                return pi;
            default:
                bus.Stop();
                await Task.Delay(Pause, TimeProvider.System);
                bus.Continue();
                return pi;
        }
    }
}
