using Bellhop.Diagnostics;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Diagnostics;

public sealed class HolderNoticesTests : IAsyncDisposable
{
    private readonly FakeEventStore _store = new();
    private readonly TerminalLeases _terminals;

    public HolderNoticesTests() =>
        _terminals = new TerminalLeases(
            _store,
            new SessionRegistry(_store),
            new NoRecords(),
            new ManualTime(),
            NullLogger<TerminalLeases>.Instance
        );

    public ValueTask DisposeAsync()
    {
        _terminals.Dispose();
        return _store.DisposeAsync();
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "nobody is central, 1 event waits: GATEWAY_ROLE=central pi")]
    [InlineData(1_234, "nobody is central, 1,234 events wait: GATEWAY_ROLE=central pi")]
    public void Of_NobodyIsCentral_SaysSoWhereSomethingWaits(long waiting, string? notice) =>
        HolderNotices.Of(Central(waiting), _terminals).ShouldBe(notice is null ? [] : [notice]);

    [Fact]
    public void Of_HandedOverAndNobodyCame_NamesTheWayBackToo() =>
        HolderNotices
            .Of(Central(1) with { Lane = Lane("pi", LaneStatus.Away) }, _terminals)
            .ShouldHaveSingleItem()
            .ShouldEndWith("bellhop sessions handover gateway --to bellhop");

    [Theory]
    [InlineData("pi", 1, true)]
    [InlineData("pi", 0, false)]
    [InlineData("echo", 1, false)]
    public void Of_AClientThatListensWhereOurAgentTakes_IsAMistake(string agent, int listeners, bool isMistake)
    {
        if (listeners > 0)
            _terminals.CountListener(SessionId.Gateway, listeners);
        var central = Central(0) with
        {
            Lane = Lane(agent, "idle"),
            Holder = new HolderStatus { Kind = agent },
        };
        HolderNotices.Of(central, _terminals).Any().ShouldBe(isMistake);
    }

    private static SessionStatus Central(long waiting) =>
        new()
        {
            Session = "gateway",
            Role = "central",
            Member = true,
            Accepted = 0,
            Queued = waiting,
            InTurn = 0,
        };

    private static LaneStatus Lane(string agent, string phase) =>
        new()
        {
            Session = "gateway",
            Phase = phase,
            Since = ManualTime.DefaultStart,
            Agent = agent,
            AgentPhase = "idle",
        };
}
