using System.Net.Sockets;
using System.Text.Json;

namespace Bellhop.Client.Http;

/// <summary>Bellhop's home on this machine: where its socket is, and where it listens otherwise.</summary>
internal sealed class GatewayHome(string? given)
{
    public string Folder { get; } =
        given
        ?? (
            Environment.GetEnvironmentVariable("BELLHOP_HOME") is { Length: > 0 } chosen
                ? chosen
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".bellhop")
        );

    /// <summary>The token, for where the socket cannot be used; null where there is none yet.</summary>
    public string? Token => TryRead(Path.Combine(Folder, "token"))?.Trim();

    /// <summary>
    /// By the socket, whose owner needs no token; else to the address that Bellhop announced. Looked up at every
    /// connection, because it may have been started anew elsewhere.
    /// </summary>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancel)
    {
        var path = Path.Combine(Folder, "run", "bellhop.sock");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose(); // no such socket, nobody behind it, or a path too long for one
            return Announced() is { } address
                ? await ConnectAsync(address, cancel)
                : throw new IOException($"Nobody listens on {path}.", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> ConnectAsync(Uri address, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.DnsSafeHost, address.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Uri? Announced()
    {
        if (TryRead(Path.Combine(Folder, "run", "endpoints.json")) is not { } text)
            return null;
        try
        {
            using var endpoints = JsonDocument.Parse(text);
            return new Uri(endpoints.RootElement.GetProperty("http").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or UriFormatException)
        {
            return null; // written by another version
        }
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
