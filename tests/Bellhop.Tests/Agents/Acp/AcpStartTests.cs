using Bellhop.Agents;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Agents.Acp;

/// <summary>An agent that failed to start so often that it is left alone for a while.</summary>
public sealed class AcpStartTests : IAsyncDisposable
{
    private const int StartsBeforeItIsLeftAlone = 5;

    private readonly ManualTime _time = new();
    private readonly RestartPolicy _restarts;
    private readonly AcpFixture _acp;

    public AcpStartTests()
    {
        _restarts = new RestartPolicy(_time, () => 0);
        _acp = new AcpFixture(restarts: _restarts);
    }

    public ValueTask DisposeAsync() => _acp.DisposeAsync();

    [Fact]
    public async Task EnsureReadyAsync_LeftAloneAndStopped_StillSaysWhy()
    {
        FailToStart(StartsBeforeItIsLeftAlone - 1);
        _time.Advance(TimeSpan.FromSeconds(10)); // past the pause before the next start
        _acp.Peer.ProtocolVersion = 2;
        var problem = await _acp.Agent.EnsureReadyAsync(default);

        await _acp.Agent.StopAsync(default);

        (await _acp.Agent.EnsureReadyAsync(default)).ShouldBe(problem);
        problem!.Message.ShouldContain("speaks version 2 of ACP");
        _acp.Agent.Status.Phase.ShouldBe(AgentPhase.Failed);
        _acp.Peer.Launches.ShouldBe(1, "it is left alone");
    }

    [Fact]
    public async Task EnsureReadyAsync_LeftAloneForNoKnownReason_IsNotReadyAllTheSame()
    {
        FailToStart(StartsBeforeItIsLeftAlone);

        (await _acp.Agent.EnsureReadyAsync(default))!.Cause.ShouldBe(AgentFailureCause.Outage);
        _acp.Peer.Launches.ShouldBe(0);
    }

    [Fact]
    public async Task EnsureReadyAsync_LeftAloneLongEnough_IsStartedAgain()
    {
        FailToStart(StartsBeforeItIsLeftAlone);
        await _acp.Agent.EnsureReadyAsync(default);

        _time.Advance(TimeSpan.FromSeconds(30));

        await _acp.ReadyAsync();
        _acp.Agent.Status.Problem.ShouldBeNull();
    }

    private void FailToStart(int times)
    {
        for (var i = 0; i < times; i++)
            _restarts.FailedToStart();
    }
}
