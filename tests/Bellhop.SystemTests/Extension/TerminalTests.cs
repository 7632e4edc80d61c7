using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>pi in a terminal, as a person sees it. The screens are kept in <c>artifacts/test-results/extension</c>.</summary>
public sealed class TerminalTests(FakeModel model) : IClassFixture<FakeModel>
{
    private const string Connected = "🔗 connected · gateway";

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Event_ReadsAsAUserMessageOnTheScreen(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartTerminalAsync(generation, generation, $"-e {TerminalFixture.Extension}");
        await pi.ShowsAsync(Connected);

        await person.PushAsync(
            "main",
            """{"id":"v","type":"deploy.done","source":"ci","payload":{"sha":"abc"},"ts":0}"""
        );

        await pi.ShowsAsync("deploy.done (ci)");
        (await pi.ShowsAsync("Take action if needed")).ShouldContain("{\"sha\":\"abc\"}");
        await person.EndOfAsync("v");
        await pi.KeepAsync("arrived");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Escape_DuringTheRun_LeavesTheEditorEmptyAndTheEventFollows(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartTerminalAsync(generation, generation, $"-e {TerminalFixture.Extension}");
        await pi.ShowsAsync(Connected);
        await pi.TypeAsync("think long [[delay:60000]]");
        await pi.ShowsAsync("Working");
        await person.PushAsync("gateway", """{"id":"w","type":"while.busy","source":"s","payload":{}}""");

        await pi.PressAsync("Escape");

        await person.EndOfAsync("w");
        person.TimesTold("while.busy").ShouldBe(1);
        await pi.KeepAsync("followed");
        // What was typed next stands alone in its message.
        await pi.TypeAsync("[[reply:all clear]]");
        await Wait.Until(
            () => Task.FromResult(UserMessages(person.AgentFolder).Contains("[[reply:all clear]]")),
            "the person's own words in the transcript"
        );
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task ReloadAndNew_KeepTheSessionAndTheClaim(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartTerminalAsync(generation, generation, $"-e {TerminalFixture.Extension}");
        await pi.ShowsAsync(Connected);
        var before = await NonceAsync(person);

        await pi.TypeAsync("/reload");
        await pi.ShowsAsync("Reloaded");
        await person.PushAsync("main", """{"id":"r","type":"after.reload","source":"s","payload":{}}""");
        await person.EndOfAsync("r");
        (await NonceAsync(person)).ShouldBe(before);

        await pi.TypeAsync("/new");
        await pi.ShowsAsync("New session started");
        await person.PushAsync("main", """{"id":"n","type":"after.new","source":"s","payload":{}}""");
        await person.EndOfAsync("n");
        (await NonceAsync(person)).ShouldBe(before);
        person.TimesTold("after.reload").ShouldBe(1);
        person.TimesTold("after.new").ShouldBe(1);
        await pi.KeepAsync("after");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task WindowClosed_LeaseEndsAtOnce(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartTerminalAsync(
            generation,
            generation,
            $"-e {TerminalFixture.Extension}",
            ("GATEWAY_ROLE", "satellite")
        );
        await pi.ShowsAsync($"🔗 connected · pid-{pi.Pid}");

        await pi.CloseAsync();

        await Wait.Until(
            async () => (await person.BusAsync("EXISTS", $"agent:session:pid-{pi.Pid}")).Single() == "0",
            "the end of the lease",
            TimeSpan.FromSeconds(3)
        );
        (await person.BusAsync("SMEMBERS", "agent:gateway:sessions")).ShouldBeEmpty();
    }

    [Fact]
    public async Task NoRedis_WarnsOnTheScreenAndGoesOn()
    {
        using var redis = PersistentRedis.Down();
        await using var person = new TerminalFixture(model, redis.Port);
        var pi = await person.StartTerminalAsync("pi", New, $"-e {TerminalFixture.Extension}");
        await pi.ShowsAsync("Gateway extension running without Redis: ");
        await pi.ShowsAsync("🔌 bus away · gateway");
        await pi.TypeAsync("still here");
        await pi.ShowsAsync("echo: still here");
        await pi.KeepAsync("without");

        await redis.StartAgainAsync();

        await pi.ShowsAsync(Connected);
        await pi.KeepAsync("joined");
    }

    private static async Task<string> NonceAsync(TerminalFixture person)
    {
        var lease = (await person.BusAsync("GET", "agent:session:gateway")).Single();
        return lease.Split("\"nonce\":\"")[1].Split('"')[0];
    }
}
