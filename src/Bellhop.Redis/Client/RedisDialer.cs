using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bellhop.Redis.Resp;

namespace Bellhop.Redis.Client;

/// <summary>Where connections come from; tests put a server of their own here.</summary>
internal interface IRedisDialer
{
    /// <summary>A connection that is greeted and ready for commands.</summary>
    /// <exception cref="RedisException">Nobody answers, or whoever answers will not serve us; the message says why.</exception>
    Task<RedisConnection> DialAsync(Action<RespAggregate>? onPush, CancellationToken cancel);
}

/// <summary>Finds the server (through Sentinels where the endpoint says so), connects and greets.</summary>
internal sealed class RedisDialer(RedisEndpoint endpoint, RedisClientOptions options, TimeProvider time) : IRedisDialer
{
    /// <inheritdoc />
    public async Task<RedisConnection> DialAsync(Action<RespAggregate>? onPush, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var limit = time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(),
            enough,
            options.ConnectTimeout,
            Timeout.InfiniteTimeSpan
        );
        var host = endpoint.Hosts[0];
        try
        {
            if (endpoint.Service is not null)
                host = await SentinelLookup.FindAsync(endpoint, ConnectAsync, enough.Token);
            var connection = await ConnectAsync(host, onPush, enough.Token);
            return await GreetAsync(connection, enough.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Away(host, $"no answer within {options.ConnectTimeout.TotalSeconds:0.#} s.", e);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            throw Away(host, e.Message, e);
        }
    }

    private static RedisAwayException Away(RedisHost host, string reason, Exception e) =>
        new($"Redis at {host} is away: {reason}", mayHaveRun: false, e);

    private async Task<RedisConnection> GreetAsync(RedisConnection connection, CancellationToken cancel)
    {
        try
        {
            await RedisGreeting.GreetAsync(connection, endpoint, options, cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<RedisConnection> ConnectAsync(
        RedisHost host,
        Action<RespAggregate>? onPush,
        CancellationToken cancel
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await using var abort = cancel.Register(socket.Dispose);
            var stream = await Task.Run(() => Connect(socket, host), cancel);
            cancel.ThrowIfCancellationRequested();
            return new RedisConnection(stream, options, time, onPush);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (cancel.IsCancellationRequested)
                throw new OperationCanceledException(e.Message, e, cancel);
            throw;
        }
    }

    /// <summary>
    /// Without any asynchronous call: after one the runtime would never again let a thread wait in the socket itself, and
    /// the one that reads replies would be woken by way of another.
    /// </summary>
    private Stream Connect(Socket socket, RedisHost host)
    {
        socket.Connect(host.Name, host.Port);
        var stream = new NetworkStream(socket, ownsSocket: true);
        return endpoint.IsTls ? Secure(stream, host) : stream;
    }

    private SslStream Secure(Stream stream, RedisHost host)
    {
        var secure = new SslStream(stream);
        var how = new SslClientAuthenticationOptions
        {
            TargetHost = host.Name,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (endpoint.CaFile is { } file)
        {
            how.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            Import(file, how.CertificateChainPolicy.CustomTrustStore);
        }
        secure.AuthenticateAsClient(how);
        return secure;
    }

    /// <summary>Read at each connection; somebody may be writing it at this moment.</summary>
    private static void Import(string file, X509Certificate2Collection trusted)
    {
        try
        {
            trusted.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException)
        {
            throw new AuthenticationException($"bus.caFile {file} cannot be used: {e.Message}", e);
        }
    }
}
