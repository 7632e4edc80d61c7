using Bellhop.SystemTests.Testing;
using static Bellhop.SystemTests.Testing.RealPi;

namespace Bellhop.SystemTests.Extension;

/// <summary>Ways to say where the bus is, and who one is there.</summary>
public sealed class AddressTests(FakeModel model) : IClassFixture<FakeModel>
{
    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Url_UserPasswordAndDatabase_AreUsed(string generation)
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);
        await person.BusAsync("ACL", "SETUSER", "terminal", "on", ">s3cret@", "~agent:*", "&agent:*", "+@all");

        await person.StartRpcAsync(generation, ("REDIS_URL", $"redis://terminal:s3cret%40@127.0.0.1:{redis.Port}/3"));

        (await person.BusAsync("-n", "3", "EXISTS", "agent:session:gateway")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task Url_WrongPassword_IsSaidAndPiGoesOn()
    {
        using var redis = await PersistentRedis.StartAsync("--requirepass", "right");
        await using var person = new TerminalFixture(model, redis.Port);

        var pi = person.StartRpc(New, ("REDIS_URL", $"redis://:wrong@127.0.0.1:{redis.Port}"));

        var warning = await pi.SaysAsync("a warning", r => (string?)r["method"] == "notify");
        warning["message"]!.ToString().ShouldStartWith("Gateway extension running without Redis: WRONGPASS");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Rediss_IsTls(string generation)
    {
        var (redis, port) = await PersistentRedis.StartWithTlsAsync();
        using var ended = redis;
        await using var person = new TerminalFixture(model, redis.Port);

        await person.StartRpcAsync(
            generation,
            ("REDIS_URL", $"rediss://localhost:{port}"),
            ("NODE_EXTRA_CA_CERTS", redis.Certificate)
        );
    }

    [Fact]
    public async Task HostPortAndPrefix_AreUsed()
    {
        using var redis = await PersistentRedis.StartAsync();
        await using var person = new TerminalFixture(model, redis.Port);

        await person.StartRpcAsync(
            New,
            ("REDIS_URL", null),
            ("REDIS_HOST", "localhost"),
            ("REDIS_PORT", $"{redis.Port}"),
            ("BELLHOP_PREFIX", "joelclaw")
        );

        (await person.BusAsync("EXISTS", "joelclaw:session:gateway")).ShouldBe(["1"]);
    }

    [Theory]
    [InlineData("http://127.0.0.1")]
    [InlineData("nonsense")]
    public async Task Url_Unusable_IsSaidAndPiGoesOn(string url)
    {
        await using var person = new TerminalFixture(model, 1);

        var pi = person.StartRpc(New, ("REDIS_URL", url));

        var warning = await pi.SaysAsync("a warning", r => (string?)r["method"] == "notify");
        warning["message"]!.ToString().ShouldContain("REDIS_URL");
    }
}
