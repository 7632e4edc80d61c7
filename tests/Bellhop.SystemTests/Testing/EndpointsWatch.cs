using System.Diagnostics;

namespace Bellhop.SystemTests.Testing;

/// <summary>Waits for <c>run/endpoints.json</c> of a starting gateway, told by the file system and not by a clock.</summary>
internal sealed class EndpointsWatch : IDisposable
{
    private readonly GatewayHome _home;
    private readonly bool _anyPid;
    private readonly int _oldPid;
    private readonly FileSystemWatcher _watcher;
    private readonly SemaphoreSlim _changed = new(0);

    /// <summary>Begins to watch; call it before the process starts.</summary>
    public EndpointsWatch(GatewayHome home, bool anyPid)
    {
        (_home, _anyPid, _oldPid) = (home, anyPid, home.ReadEndpoints()?.Pid ?? 0);
        var run = Path.Combine(home.Path, "run");
        if (!Directory.Exists(run))
            Directory.CreateDirectory(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _watcher = new FileSystemWatcher(run, "endpoints.json");
        _watcher.Created += (_, _) => _changed.Release();
        _watcher.Changed += (_, _) => _changed.Release();
        _watcher.Renamed += (_, _) => _changed.Release();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>The endpoints of this very process; fails with its words when it ends first.</summary>
    public async Task<Endpoints> WaitAsync(Process process, ProcessOutput said)
    {
        using var limit = new CancellationTokenSource(Wait.Patience, TimeProvider.System);
        var exited = process.WaitForExitAsync(limit.Token);
        while (true)
        {
            if (_home.ReadEndpoints() is { } endpoints && IsIts(endpoints, process))
                return endpoints;
            var changed = _changed.WaitAsync(limit.Token);
            if (await Task.WhenAny(changed, exited) == exited && !limit.IsCancellationRequested)
                throw new InvalidOperationException($"The gateway ended with {process.ExitCode}. It said:\n{said}");
            if (limit.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException(
                    $"The gateway was not ready in {Wait.Patience.TotalSeconds:0} s. It said:\n{said}"
                );
            }
        }
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _changed.Dispose();
    }

    private bool IsIts(Endpoints endpoints, Process process) =>
        _anyPid ? endpoints.Pid != _oldPid : endpoints.Pid == process.Id;
}
