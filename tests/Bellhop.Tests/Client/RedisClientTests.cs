using Bellhop.Redis.Client;
using Bellhop.Redis.Resp;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Client;

public sealed class RedisClientTests
{
    private static readonly RedisClientOptions Quick = new()
    {
        CallTimeout = TimeSpan.FromMilliseconds(400),
        ConnectTimeout = TimeSpan.FromMilliseconds(400),
        MaxPause = TimeSpan.FromMilliseconds(100),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dial_CertificatesThatCannotBeRead_IsAwayAndNamesTheFile()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", Cancel);
        await using var server = new FakeRedis();
        var endpoint = RedisEndpoint.Parse($"rediss://127.0.0.1:{server.Port}") with { CaFile = file };
        var dialer = new RedisDialer(endpoint, Quick, TimeProvider.System);

        var away = await Should.ThrowAsync<RedisAwayException>(dialer.DialAsync(null, Cancel));

        away.Message.ShouldContain($"bus.caFile {file}");
        File.Delete(file);
    }

    [Fact]
    public async Task Call_ManyAtOnce_EachGetsItsOwnReply()
    {
        await using var server = new FakeRedis { Answer = w => w[0] == "ECHO" ? $"+{w[1]}\r\n" : "+OK\r\n" };
        await using var client = await UpAsync(server);

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 5000).Select(i => client.CallAsync(RedisCommand.Of("ECHO", i), Cancel))
        );

        replies.ShouldBe(Enumerable.Range(0, 5000).Select(i => new RespStatus($"{i}")));
    }

    [Theory]
    [InlineData("-NOAUTH Authentication required.", "NOAUTH", "bus.url")]
    [InlineData("-OOM command not allowed when used memory > 'maxmemory'.", "OOM", "maxmemory")]
    [InlineData("-ERR no such thing", "ERR", "no such thing")]
    public async Task Call_ErrorReply_ThrowsItsCodeAndTheMend(string line, string code, string words)
    {
        await using var server = new FakeRedis { Answer = w => w[0] == "GET" ? line + "\r\n" : "+OK\r\n" };
        await using var client = await UpAsync(server);

        var e = await Should.ThrowAsync<RedisErrorException>(() =>
            client.CallAsync(RedisCommand.Of("GET", "k"), Cancel)
        );

        e.Code.ShouldBe(code);
        e.Message.ShouldContain(words);
        client.Health.IsUp.ShouldBeTrue();
    }

    [Fact]
    public async Task Call_ConnectionBreaksBeforeTheReply_IsAwayAndMayHaveRun_ThenTheClientComesBack()
    {
        await using var server = new FakeRedis { Answer = w => w[0] == "LPUSH" ? null : "+OK\r\n" };
        await using var client = await UpAsync(server);

        var call = client.CallAsync(RedisCommand.Of("LPUSH", "k", "v"), Cancel);
        while (server.Heard.IsEmpty)
            await Task.Yield();
        server.DropAll();

        (await Should.ThrowAsync<RedisAwayException>(() => call)).MayHaveRun.ShouldBeTrue();
        await UntilConnectionAsync(server, 2);
        await client.WhenUpAsync(Cancel);
        (await client.CallAsync(RedisCommand.Of("SET", "k", "v"), Cancel)).ShouldBe(RespValue.Ok);
    }

    [Fact]
    public async Task Call_NobodyThere_IsAwayAndHasNotRun()
    {
        var server = new FakeRedis();
        var endpoint = server.Endpoint;
        await server.DisposeAsync();
        await using var client = Client(endpoint);
        while (client.Health.Problem is null)
            await Task.Yield();

        var e = await Should.ThrowAsync<RedisAwayException>(() =>
            client.CallAsync(RedisCommand.Of("GET", "k"), Cancel)
        );

        e.MayHaveRun.ShouldBeFalse();
        e.Message.ShouldContain("is away");
    }

    [Fact]
    public async Task Call_ServerGoesSilent_IsAwayAfterTheCallTimeout()
    {
        await using var server = new FakeRedis { Answer = w => w[0] == "GET" ? null : "+OK\r\n" };
        await using var client = await UpAsync(server);

        var e = await Should.ThrowAsync<RedisAwayException>(() =>
            client.CallAsync(RedisCommand.Of("GET", "k"), Cancel)
        );

        e.Message.ShouldContain("has not answered for 0.4 s");
    }

    [Theory]
    [InlineData("-WRONGPASS invalid username-password pair", "refuses the user or the password")]
    [InlineData("-NOAUTH Authentication required.", "wants a password")]
    [InlineData("-ERR unknown command 'HELLO'", "too old")]
    public async Task Connect_GreetingRefused_HealthSaysWhyAndTriesAgain(string line, string words)
    {
        await using var server = new FakeRedis { Answer = w => w[0] == "HELLO" ? line + "\r\n" : "+OK\r\n" };
        await using var client = Client(server.Endpoint);
        await UntilConnectionAsync(server, 2);

        client.Health.IsUp.ShouldBeFalse();
        client.Health.Problem!.ShouldContain(words);

        server.Answer = _ => "+OK\r\n";
        await client.WhenUpAsync(Cancel);
    }

    [Theory]
    [InlineData("slave", "7.0.0", "read-only replica")]
    [InlineData("master", "6.2.14", "too old")]
    public async Task Connect_WrongServer_HealthSaysWhy(string role, string version, string words)
    {
        await using var server = new FakeRedis { Role = role, Version = version };
        await using var client = Client(server.Endpoint);
        while (client.Health.Problem is null)
            await Task.Yield();

        client.Health.Problem.ShouldContain(words);
    }

    [Fact]
    public async Task Call_ServerWasDemoted_SentinelIsAskedAgain()
    {
        await using var first = new FakeRedis { Answer = w => w[0] == "SET" ? "-READONLY no\r\n" : "+OK\r\n" };
        await using var second = new FakeRedis();
        var master = first.Port;
        await using var sentinel = new FakeRedis
        {
            Answer = w =>
                $"*2\r\n$9\r\n127.0.0.1\r\n${$"{Volatile.Read(ref master)}".Length}\r\n{Volatile.Read(ref master)}\r\n",
        };
        await using var client = Client(RedisEndpoint.Parse($"redis+sentinel://127.0.0.1:{sentinel.Port}/mymaster"));
        await client.WhenUpAsync(Cancel);

        Volatile.Write(ref master, second.Port);
        var set = RedisCommand.Of("SET", "k", "v");
        (await Should.ThrowAsync<RedisErrorException>(() => client.CallAsync(set, Cancel))).Code.ShouldBe("READONLY");
        await UntilConnectionAsync(second, 1);
        await client.WhenUpAsync(Cancel);

        (await client.CallAsync(set, Cancel)).ShouldBe(RespValue.Ok);
        sentinel.Heard.ShouldAllBe(line => line == "SENTINEL get-master-addr-by-name mymaster");
    }

    [Fact]
    public async Task Transact_ServerRefusesOneCommand_ThrowsItsError()
    {
        await using var server = new FakeRedis
        {
            Answer = w =>
                w[0] switch
                {
                    "EXEC" => "-EXECABORT Transaction discarded because of previous errors.\r\n",
                    "SET" => "-OOM no\r\n",
                    _ => "+OK\r\n",
                },
        };
        await using var client = await UpAsync(server);

        var e = await Should.ThrowAsync<RedisErrorException>(() =>
            client.TransactAsync([RedisCommand.Of("SET", "k", "v")], Cancel)
        );

        e.Code.ShouldBe("OOM");
    }

    [Fact]
    public async Task Run_ScriptTheServerForgot_IsSentWhole()
    {
        await using var server = new FakeRedis
        {
            Answer = w =>
                w[0] == "EVALSHA" ? "-NOSCRIPT No matching script.\r\n"
                : w[0] == "EVAL" ? ":7\r\n"
                : "+OK\r\n",
        };
        await using var client = await UpAsync(server);

        var reply = await client.RunAsync(new RedisScript("return 7"), ["k"], ["a", 1], Cancel);

        reply.ShouldBe(new RespInteger(7));
        server.Heard.Last().ShouldBe("EVAL return 7 1 k a 1");
    }

    [Fact]
    public async Task Subscriber_ConnectionLost_SubscribesAgainAndSaysLookAgain()
    {
        await using var server = new FakeRedis
        {
            Answer = w =>
                w[0] == "SUBSCRIBE"
                    ? ">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n"
                    : "+OK\r\n",
        };
        var (looks, heard) = (0, 0);
        await using var subscriber = new RedisSubscriber(
            new RedisDialer(server.Endpoint, Quick, TimeProvider.System),
            Quick,
            ["c"],
            (channel, _) => Interlocked.Add(ref heard, channel == "c" ? 1 : 1000),
            () => Interlocked.Increment(ref looks),
            TimeProvider.System,
            NullLogger.Instance
        );
        await subscriber.WhenUpAsync(Cancel);

        server.DropAll();
        while (Volatile.Read(ref looks) < 2 || Volatile.Read(ref heard) < 2)
            await Task.Yield();

        heard.ShouldBe(2);
    }

    private static RedisClient Client(RedisEndpoint endpoint) =>
        new(new RedisDialer(endpoint, Quick, TimeProvider.System), Quick, TimeProvider.System, NullLogger.Instance);

    private static async Task<RedisClient> UpAsync(FakeRedis server)
    {
        var client = Client(server.Endpoint);
        await client.WhenUpAsync(Cancel);
        return client;
    }

    private static async Task UntilConnectionAsync(FakeRedis server, int count)
    {
        while (server.Connections < count)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
