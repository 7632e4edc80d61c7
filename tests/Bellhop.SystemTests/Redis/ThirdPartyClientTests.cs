using System.Diagnostics;
using System.Text.Json;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Redis;

/// <summary>Other people's clients push to the listener and read from it.</summary>
public sealed class ThirdPartyClientTests
{
    [Theory]
    [InlineData("ioredis5")]
    [InlineData("ioredis6")]
    public async Task Ioredis_PushesAndReads_AsFromRedis(string version)
    {
        await using var host = await RespHost.StartAsync();
        using var project = new NodeProject(version).With("Clients/ioredis.mjs");

        var result = JsonDocument.Parse(await project.RunAsync("ioredis.mjs", $"{host.Port}")).RootElement;

        Texts(result, "pushed").ShouldBe(["true", "true"]);
        result.GetProperty("length").GetInt32().ShouldBe(2);
        result.GetProperty("inOrder").GetBoolean().ShouldBeTrue();
        result.GetProperty("deleted").GetInt32().ShouldBe(1);
        Texts(result, "left").ShouldBeEmpty();
        Texts(result, "sessions").ShouldBe(["gateway", "pid-1"]);
        result.GetProperty("plain").GetString().ShouldBe("value");
        result.GetProperty("transaction").GetRawText().ShouldBe("""[[null,"OK"],[null,"1"]]""");
        result.GetProperty("heard").GetProperty("channel").GetString().ShouldBe("agent:notify:main");
        result.GetProperty("heard").GetProperty("body").GetString().ShouldBe("""{"type":"client.test"}""");
    }

    [Fact]
    public async Task RedisPy_PushesAndReads_AsFromRedis()
    {
        await using var host = await RespHost.StartAsync();
        // Debian's package is seen by Debian's Python only.
        using var python = Process.Start(
            Processes.Describe("/usr/bin/python3", [NodeProject.TestData("Clients/redis_py.py"), $"{host.Port}"])
        )!;

        var result = JsonDocument.Parse(await NodeProject.FinishAsync(python)).RootElement;

        Texts(result, "pushed").ShouldBe(["true", "true"]);
        result.GetProperty("length").GetInt32().ShouldBe(2);
        result.GetProperty("inOrder").GetBoolean().ShouldBeTrue();
        result.GetProperty("deleted").GetInt32().ShouldBe(1);
        Texts(result, "left").ShouldBeEmpty();
        Texts(result, "sessions").ShouldBe(["gateway"]);
        result.GetProperty("plain").GetBoolean().ShouldBeTrue();
        Texts(result, "heard").ShouldBe(["agent:notify:gateway", """{"type":"client.test"}"""]);
    }

    [Theory]
    [InlineData("-2")]
    [InlineData("-3")]
    public async Task RedisCli_PushesAndReads_AsFromRedis(string protocol)
    {
        await using var host = await RespHost.StartAsync();
        const string row = """{"id":"test","type":"test","source":"manual","payload":{},"ts":0}""";

        (await CliAsync(host, protocol, "LPUSH", "agent:events:main", row)).ShouldBe("1");
        (await CliAsync(host, protocol, "PUBLISH", "agent:notify:main", "test")).ShouldBe("0");
        (await CliAsync(host, protocol, "LRANGE", "agent:events:main", "0", "-1")).ShouldBe(row);
        (await CliAsync(host, protocol, "DEL", "agent:events:main")).ShouldBe("1");
        (await CliAsync(host, protocol, "LLEN", "agent:events:main")).ShouldBe("1", "another connection had read it");
        (await CliAsync(host, protocol, "SMEMBERS", "agent:gateway:sessions")).ShouldBe("gateway");
    }

    private static async Task<string> CliAsync(RespHost host, params string[] arguments)
    {
        using var cli = Process.Start(
            Processes.Describe(Repository.Tool("redis-cli"), ["-p", $"{host.Port}", .. arguments])
        )!;
        return (await NodeProject.FinishAsync(cli)).TrimEnd('\n');
    }

    private static List<string> Texts(JsonElement result, string name) =>
        [
            .. result
                .GetProperty(name)
                .EnumerateArray()
                .Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : e.GetRawText()),
        ];
}
