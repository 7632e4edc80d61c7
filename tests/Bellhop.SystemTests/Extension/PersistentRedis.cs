using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bellhop.SystemTests.Testing;

namespace Bellhop.SystemTests.Extension;

/// <summary>A Redis, or Valkey, that syncs every write, so that a test may kill it and start it again where it was.</summary>
internal sealed class PersistentRedis : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _more = [];
    private Process? _process;

    /// <summary>The server itself.</summary>
    public string Program { get; private init; } = Repository.Tool("redis-server");

    public int Port { get; } = FreePort();

    /// <summary>The certificate that a client must trust, where it was started with TLS.</summary>
    public string Certificate => Path.Combine(_folder.Path, "redis.crt");

    public static async Task<PersistentRedis> StartAsync(params string[] more)
    {
        var redis = new PersistentRedis();
        redis._more.AddRange(more);
        await redis.StartAgainAsync();
        return redis;
    }

    public static async Task<PersistentRedis> StartValkeyAsync()
    {
        var valkey = new PersistentRedis { Program = Repository.Part("bin/valkey-server") };
        await valkey.StartAgainAsync();
        return valkey;
    }

    /// <summary>One that listens with TLS beside its own port.</summary>
    public static async Task<(PersistentRedis Redis, int TlsPort)> StartWithTlsAsync()
    {
        var redis = new PersistentRedis();
        var port = FreePort();
        using var key = RSA.Create(2048);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(redis.Certificate, certificate.ExportCertificatePem());
        var keyFile = redis._folder.Write("redis.key", key.ExportPkcs8PrivateKeyPem());
        redis._more.AddRange(["--tls-port", $"{port}", "--tls-auth-clients", "no"]);
        redis._more.AddRange(["--tls-cert-file", redis.Certificate, "--tls-key-file", keyFile]);
        await redis.StartAgainAsync();
        return (redis, port);
    }

    /// <summary>One that is not there yet.</summary>
    public static PersistentRedis Down() => new();

    public async Task StartAgainAsync()
    {
        string[] arguments =
        [
            .. new[] { "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.Path, "--save", "" },
            .. new[] { "--appendonly", "yes", "--appendfsync", "always" },
            .. _more,
        ];
        _process = Process.Start(Processes.Describe(Program, arguments))!;
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains("Ready to accept connections"))
                return;
        }
        throw new InvalidOperationException($"{Program} did not start on port {Port}.");
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (_process is null)
            return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>It keeps its sockets and answers nothing.</summary>
    public void Stop() => Processes.Signal(_process!.Id, "STOP");

    public void Continue() => Processes.Signal(_process!.Id, "CONT");

    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
