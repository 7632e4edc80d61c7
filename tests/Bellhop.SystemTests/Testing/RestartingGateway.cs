namespace Bellhop.SystemTests.Testing;

/// <summary>A gateway that dies and comes back on the same home, each time on other ports.</summary>
internal sealed class RestartingGateway(GatewayHome home) : IAsyncDisposable
{
    private volatile TaskCompletionSource<GatewayProcess> _current = Fresh();

    /// <summary>The one that runs, or the next one as soon as it is ready.</summary>
    public Task<GatewayProcess> CurrentAsync() => _current.Task;

    public async Task StartAsync() => _current.SetResult(await GatewayProcess.StartAsync(home));

    /// <summary>SIGKILL, and up again at once.</summary>
    public async Task KillAndStartAsync()
    {
        var killed = await _current.Task;
        _current = Fresh();
        await killed.KillAsync();
        await killed.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_current.Task.IsCompletedSuccessfully)
            await (await _current.Task).DisposeAsync();
    }

    private static TaskCompletionSource<GatewayProcess> Fresh() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
