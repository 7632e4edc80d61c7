using System.Net;
using System.Net.Sockets;

namespace Bellhop.Tests.Testing;

/// <summary>Stands between a client and a server, and can lose the answer to a request that the server has carried out.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly int _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _links = [];
    private readonly Task _accepting;
    private byte[]? _cutAfter;
    private volatile TaskCompletionSource _open = Opened();

    public CuttingProxy(int server)
    {
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How often an answer was lost.</summary>
    public int Cuts { get; private set; }

    /// <summary>
    /// The next connection that sends these bytes loses the answer: the server carries it out, the client's connection
    /// breaks.
    /// </summary>
    public void CutAnswerTo(ReadOnlySpan<byte> request) => Volatile.Write(ref _cutAfter, request.ToArray());

    /// <summary>Connections made from now on come to nothing until <see cref="LetThemIn"/>.</summary>
    public void HoldNewConnections() =>
        _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetThemIn() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_links);
        _end.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _links.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await LinkAsync(client);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Held until the test was over.
        }
    }

    private async Task LinkAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using var both = client;
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        await _open.Task.WaitAsync(_end.Token);
        await server.ConnectAsync(IPAddress.Loopback, _server, _end.Token);
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = CopyAsync(client.GetStream(), server.GetStream(), bytes => Watch(bytes, cut), broken.Token);
        var answers = CopyAsync(server.GetStream(), client.GetStream(), _ => !cut.Task.IsCompleted, broken.Token);
        await Task.WhenAny(requests, answers);
        await broken.CancelAsync();
        await Task.WhenAll(requests, answers);
    }

    /// <summary>Always true: the request reaches the server. Its answer will not reach the client.</summary>
    private bool Watch(ReadOnlySpan<byte> bytes, TaskCompletionSource cut)
    {
        if (Volatile.Read(ref _cutAfter) is { } words && bytes.IndexOf(words) >= 0)
        {
            _cutAfter = null;
            Cuts++;
            cut.TrySetResult();
        }
        return true;
    }

    /// <summary>Until one side ends, or <paramref name="passes"/> says that these bytes must not arrive.</summary>
    private static async Task CopyAsync(
        NetworkStream from,
        NetworkStream to,
        PassBytes passes,
        CancellationToken cancel
    )
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, cancel) is > 0 and var count && passes(buffer.AsSpan(0, count)))
                await to.WriteAsync(buffer.AsMemory(0, count), cancel);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // One side is gone; the other follows.
        }
    }

    private delegate bool PassBytes(ReadOnlySpan<byte> bytes);
}
