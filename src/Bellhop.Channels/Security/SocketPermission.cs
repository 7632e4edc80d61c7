using Bellhop.Channels.Http;
using Microsoft.Extensions.Hosting;

namespace Bellhop.Channels.Security;

/// <summary>
/// Closes the Unix socket to everybody but its owner once it is there. Before that the umask keeps others out: to connect
/// takes write permission.
/// </summary>
internal sealed class SocketPermission(HttpChannelOptions options, TokenFile token) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        token.Ensure();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.SocketPath is { } path && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
