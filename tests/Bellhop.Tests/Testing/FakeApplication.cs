using Microsoft.Extensions.Hosting;

namespace Bellhop.Tests.Testing;

/// <summary>An application that only notes that it was asked to stop.</summary>
internal sealed class FakeApplication : IHostApplicationLifetime
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody asked.</summary>
    public Task Stopped => _stopped.Task;

    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopped.TrySetResult();
}
