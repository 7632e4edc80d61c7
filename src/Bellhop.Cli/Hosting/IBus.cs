using Bellhop.Diagnostics;
using Bellhop.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Bellhop.Cli.Hosting;

/// <summary>What keeps and carries the events: ourselves, or a Redis. Outlives everything that stands on it.</summary>
internal interface IBus : IAsyncDisposable
{
    /// <summary>Where the events are.</summary>
    IEventStore Store { get; }

    /// <summary>How it is now.</summary>
    BusStatus Status { get; }

    /// <summary>Adds what works on it.</summary>
    void AddTo(IServiceCollection services);

    /// <summary>Reads what must be known before anything is accepted.</summary>
    Task LoadAsync(IServiceProvider services, CancellationToken cancel);
}
