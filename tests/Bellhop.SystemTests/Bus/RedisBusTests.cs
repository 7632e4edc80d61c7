using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Bus;

/// <summary>The ways to a Redis, and what a person is told where there is none.</summary>
public sealed class RedisBusTests
{
    private const string Event = """{"id":"e-1","type":"test.bus","source":"test","payload":{},"ts":1771372800000}""";

    [Fact]
    public async Task Up_PlainRedis_DeliversWhatComesByBothDoors()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);

        (await redis.CommandAsync("LPUSH", "agent:events:central", Event)).ShouldBe(":1");
        await DeliversAsync(gateway, "e-1");
        (await gateway.Api.PushAsync(Event.Replace("e-1", "e-2"))).Status.ShouldBe(HttpStatusCode.Accepted);
        await DeliversAsync(gateway, "e-2");

        (await redis.CommandAsync("LLEN", "agent:events:central")).ShouldBe(":0");
        (await redis.CommandAsync("SISMEMBER", "agent:gateway:sessions", "gateway")).ShouldBe(":1");
    }

    [Fact]
    public async Task Up_RowThatIsNoEvent_BecomesADeadLetter()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);

        await redis.CommandAsync("LPUSH", "agent:events:main", "not json");
        await redis.CommandAsync("LPUSH", "agent:receipts", "nor a receipt");

        await Wait.Until(
            async () => (await gateway.Api.GetAsync("/v1/status")).Json.GetProperty("dead").GetInt64() == 2,
            "two dead letters"
        );
    }

    [Theory]
    [InlineData("--requirepass", "right word", "redis://:right%20word@127.0.0.1:{port}/0")]
    [InlineData(
        "--user",
        "ann on >secret ~agent:* &agent:* +@all -@dangerous",
        "redis://ann:secret@127.0.0.1:{port}/0"
    )]
    public async Task Up_PasswordOrAclUser_IsUsed(string option, string value, string url)
    {
        string[] options = option == "--user" ? [option, .. value.Split(' ')] : [option, value];
        using var redis = await DurableRedis.StartAsync(options);
        using var home = new GatewayHome().WithEcho().OnRedis(url.Replace("{port}", $"{redis.Port}"));
        await using var gateway = await GatewayProcess.StartAsync(home);

        (await gateway.Api.PushAsync(Event)).Status.ShouldBe(HttpStatusCode.Accepted);
        await DeliversAsync(gateway, "e-1");
        (await gateway.Api.GetAsync("/v1/status")).Text.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Up_Tls_TrustsTheGivenAuthorityOnly()
    {
        using var folder = new TempFolder();
        var (certificate, key) = WriteCertificate(folder);
        using var redis = await DurableRedis.StartAsync(
            "--port",
            "0",
            "--tls-port",
            DurableRedis.PortWord,
            "--tls-cert-file",
            certificate,
            "--tls-key-file",
            key,
            "--tls-auth-clients",
            "no"
        );
        var url = $"rediss://127.0.0.1:{redis.Port}/0";
        using var home = new GatewayHome().WithEcho().OnRedis(url);
        await using (var distrusting = await GatewayProcess.StartAsync(home))
        {
            await SaysProblemAsync(distrusting, "certificate");
            await distrusting.TerminateAsync();
        }

        home.Set("BELLHOP__BUS__CAFILE", certificate);
        await using var gateway = await GatewayProcess.StartAsync(home);

        (await gateway.Api.PushAsync(Event)).Status.ShouldBe(HttpStatusCode.Accepted);
        await DeliversAsync(gateway, "e-1");
    }

    [Fact]
    public async Task Up_WrongPassword_StaysUpSaysSoAndDeliversOnceItIsMended()
    {
        using var redis = await DurableRedis.StartAsync("--requirepass", "right");
        using var home = new GatewayHome().WithEcho().OnRedis($"redis://:wrong@127.0.0.1:{redis.Port}/0");
        await using (var gateway = await GatewayProcess.StartAsync(home))
        {
            await SaysProblemAsync(gateway, "refuses the user or the password");
            var answer = await gateway.Api.PushAsync(Event);
            answer.Status.ShouldBe(HttpStatusCode.Accepted);
            answer.Text.ShouldContain("\"spooled\"");
            (await gateway.Api.GetAsync("/readyz")).Text.ShouldContain("refuses the user or the password");
            (await gateway.Api.GetAsync("/v1/events/e-1")).Code.ShouldBe("BH-5033");
            (await gateway.TerminateAsync()).ShouldBe(0);
        }

        home.Set("BELLHOP__BUS__URL", $"redis://:right@127.0.0.1:{redis.Port}/0");
        await using var mended = await GatewayProcess.StartAsync(home);

        await DeliversAsync(mended, "e-1");
    }

    [Fact]
    public async Task Up_RedisComesLater_IsFoundAndGetsWhatWaited()
    {
        using var redis = await DurableRedis.StartAsync();
        await redis.KillAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        await SaysProblemAsync(gateway, "is away");
        (await gateway.Api.PushAsync(Event)).Text.ShouldContain("\"spooled\"");

        await redis.StartAgainAsync();

        await DeliversAsync(gateway, "e-1");
        await Wait.Until(
            async () => (await gateway.Api.GetAsync("/v1/status")).Json.GetProperty("alarms").GetArrayLength() == 0,
            "the alarm to end"
        );
    }

    [Fact]
    public async Task Up_ReadOnlyReplica_SaysSo()
    {
        using var primary = await DurableRedis.StartAsync();
        using var replica = await DurableRedis.StartAsync("--replicaof", "127.0.0.1", $"{primary.Port}");
        using var home = new GatewayHome().WithEcho().OnRedis(replica.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);

        await SaysProblemAsync(gateway, "read-only replica");
    }

    [Fact]
    public async Task Up_RedisOutOfMemory_SpoolsAndDeliversLater()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        await gateway.Api.PushAsync(Event.Replace("e-1", "e-0"));
        await DeliversAsync(gateway, "e-0");
        await redis.CommandAsync("CONFIG", "SET", "maxmemory", "1mb");

        (await gateway.Api.PushAsync(Event)).Text.ShouldContain("\"spooled\"");
        await redis.CommandAsync("CONFIG", "SET", "maxmemory", "0");

        await DeliversAsync(gateway, "e-1");
    }

    [Fact]
    public async Task Up_Flushed_SaysThatEverythingIsGoneAndWorksOn()
    {
        using var redis = await DurableRedis.StartAsync();
        using var home = new GatewayHome().WithEcho().OnRedis(redis.Url);
        await using var gateway = await GatewayProcess.StartAsync(home);
        await gateway.Api.PushAsync(Event);
        await DeliversAsync(gateway, "e-1");

        await redis.CommandAsync("FLUSHALL");
        (await gateway.Api.PushAsync(Event.Replace("e-1", "e-2"))).Status.ShouldBe(HttpStatusCode.Accepted);

        await DeliversAsync(gateway, "e-2");
        (await gateway.Api.GetAsync("/v1/status")).Text.ShouldContain("is gone");
    }

    /// <summary>It may still be in the spool: then nobody knows it yet.</summary>
    private static Task DeliversAsync(GatewayProcess gateway, string id) =>
        Wait.Until(
            async () =>
            {
                var answer = await gateway.Api.GetAsync($"/v1/events/{id}");
                return answer.Status == HttpStatusCode.OK && EventReceipt.Parse(answer.Json).Only.State == "completed";
            },
            $"{id} to be delivered"
        );

    private static Task SaysProblemAsync(GatewayProcess gateway, string words) =>
        Wait.Until(
            async () =>
                (await gateway.Api.GetAsync("/v1/status")).Json.GetProperty("bus").GetProperty("problem").GetString()
                    is { } problem
                && problem.Contains(words),
            $"the status to say '{words}'"
        );

    private static (string Certificate, string Key) WriteCertificate(TempFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        return (
            folder.Write("redis.pem", certificate.ExportCertificatePem()),
            folder.Write("redis-key.pem", key.ExportPkcs8PrivateKeyPem())
        );
    }
}
