using Bellhop.Events;
using Bellhop.Redis.Store;
using Bellhop.Store;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Store;

/// <summary>Servers that speak Redis' protocol and cannot run our scripts, by the words with which real ones refuse.</summary>
public sealed class StoreProbeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("return 1", "ERR This instance has Lua scripting support disabled", "Lua scripts (EVAL)")]
    [InlineData("#!lua", "Compilation error: [string \"?\"]:1: unexpected symbol near '#'", "script flags (#!lua)")]
    [InlineData("cjson", "ERR user_script:1: Script attempted to access nonexistent global variable 'cjson'", "cjson")]
    [InlineData("RPUSHX", "ERR Unknown Redis command called from script", "RPUSHX")]
    public async Task Open_ServerThatLacksSomething_IsRefusedByName(string script, string error, string feature)
    {
        await using var server = new FakeRedis
        {
            Answer = words =>
                words[0] != "EVAL" ? "+OK\r\n"
                : words[1].Contains(script, StringComparison.Ordinal) ? $"-{error}\r\n"
                : ":1\r\n",
        };

        var refusal = await Should.ThrowAsync<StoreException>(OpenAsync(server));

        refusal.Message.ShouldContain(feature);
        refusal.Message.ShouldContain("Use Redis 7, Valkey");
        refusal.IsAway.ShouldBeFalse("waiting will not help");
    }

    [Fact]
    public async Task Open_ServerThatIsFull_IsAwayRatherThanLacking()
    {
        await using var server = new FakeRedis
        {
            Answer = words => words[0] == "EVAL" ? "-OOM command not allowed\r\n" : "+OK\r\n",
        };
        (await Should.ThrowAsync<StoreException>(OpenAsync(server))).IsAway.ShouldBeTrue();
    }

    private static Task<RedisEventStore> OpenAsync(FakeRedis server) =>
        RedisEventStore.OpenAsync(
            server.Endpoint,
            new RedisStoreOptions(),
            TimeProvider.System,
            new UlidFactory(TimeProvider.System),
            NullLogger<RedisEventStore>.Instance,
            Cancel
        );
}
