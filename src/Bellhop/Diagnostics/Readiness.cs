namespace Bellhop.Diagnostics;

/// <summary>How far the gateway is.</summary>
public enum GatewayPhase
{
    /// <summary>Opening the store and taking stock.</summary>
    Starting,

    /// <summary>Accepts events. The agent need not be up.</summary>
    Ready,

    /// <summary>Finishing the turn under way; accepts nothing new.</summary>
    Stopping,
}

/// <summary>The phase, for everything that must not act before or after its time.</summary>
public sealed class Readiness
{
    private volatile GatewayPhase _phase;

    /// <summary>The phase now.</summary>
    public GatewayPhase Phase => _phase;

    /// <summary>True when events are accepted.</summary>
    public bool IsReady => _phase == GatewayPhase.Ready;

    /// <summary>Moves on; never back.</summary>
    public void Enter(GatewayPhase phase)
    {
        if (phase > _phase)
            _phase = phase;
    }
}
