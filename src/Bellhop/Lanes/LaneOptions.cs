using Bellhop.Store;

namespace Bellhop.Lanes;

/// <summary>How patient a lane is.</summary>
public sealed record LaneOptions
{
    /// <summary>Silence after which a turn is stopped; every sign of life starts it anew. The default value is 10 minutes.</summary>
    public TimeSpan TurnDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a person may take to answer what an agent asks leave for. The default value is 10 minutes.</summary>
    public TimeSpan PermissionTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a turn may still run when the gateway is told to stop. The default value is 10 seconds.</summary>
    public TimeSpan DrainBudget { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What one prompt may carry.</summary>
    public BatchLimits Batch { get; init; } = new();

    /// <summary>When a failed turn is given again.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>The first wait when the agent or its model fails; doubled up to <see cref="MaxPause"/>. The default value is 1 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two tries of a failing agent. The default value is 1 minute.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(1);
}
