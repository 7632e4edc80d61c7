using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bellhop.Redis.Bus;

/// <summary>
/// Stops the gateway where the loop that keeps the lease of central breaks: it begins before there is an application to
/// stop, and without it the lanes would wait for a term that never comes.
/// </summary>
internal sealed class CentralWatch(Task ended, IHostApplicationLifetime application, ILogger<CentralWatch> logger)
    : VitalLoop("The lease of central", application, logger)
{
    protected override Task RunAsync(CancellationToken cancel) => ended.WaitAsync(cancel);
}
