using System.Text;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bellhop.Tests.Routing;

public sealed class TerminalHandoverTests : IAsyncDisposable
{
    private static readonly SessionId Second = SessionId.Parse("pid-2");

    private readonly ManualTime _time = new();
    private readonly FakeEventStore _store = new();
    private readonly FakeHandover _ours = new();
    private readonly FakeHolders _holders = new();
    private readonly FakeTerminalCalls _calls = new();
    private readonly TerminalLeases _terminals;
    private readonly TerminalHandover _handover;

    public TerminalHandoverTests()
    {
        _terminals = new TerminalLeases(
            _store,
            new SessionRegistry(_store),
            new NoRecords(),
            _time,
            NullLogger<TerminalLeases>.Instance
        );
        _handover = new TerminalHandover(_ours, _holders, _terminals, _calls, _time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _terminals.Dispose();
        return _store.DisposeAsync();
    }

    [Fact]
    public async Task HandOver_FromATerminal_SaysSoOnceTheOtherHasIt()
    {
        await ComesAsync(SessionId.Gateway, 1);
        await ComesAsync(Second, 2);
        _calls.Answer = () => ComesAsync(SessionId.Gateway, 2);

        var result = await _handover.HandOverAsync(SessionId.Gateway, Second, Cancel);

        result.ShouldBe(new HandoverResult(true, "pid-2 on host box has gateway."));
        _calls.Given.ShouldBe([(SessionId.Gateway, "nonce-2")]);
        _ours.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task HandOver_HolderIsBusyForLong_SaysWhoIsWaitedFor()
    {
        await ComesAsync(SessionId.Gateway, 1);
        await ComesAsync(Second, 2);

        var asking = _handover.HandOverAsync(SessionId.Gateway, Second, Cancel);
        _time.Advance(TimeSpan.FromSeconds(10));

        (await asking).ShouldBe(
            new HandoverResult(
                true,
                "pid-1 on host box has gateway and was asked to let go of it after its turn; then pid-2 on host box takes it."
            )
        );
    }

    [Fact]
    public async Task HandOver_FromOurAgent_NamesTheTerminalFirst()
    {
        await ComesAsync(Second, 2);
        _holders.Agent = "pi";
        _calls.Answer = () =>
        {
            _ours.Asked.ShouldBeEmpty("another terminal would take what our agent lets go of");
            return ComesAsync(SessionId.Gateway, 2);
        };

        (await _handover.HandOverAsync(SessionId.Gateway, Second, Cancel)).IsPossible.ShouldBeTrue();

        _ours.Asked.ShouldBe([(SessionId.Gateway, SessionHolder.Terminal)]);
    }

    [Theory]
    [InlineData("gateway", "pid-9", "There is no terminal pid-9. There are: pid-2.")]
    [InlineData("gateway", "gateway", "There is no terminal gateway. There are: pid-2.")]
    [InlineData("pid-2", "pid-2", "pid-2 is its terminal's own; only gateway can be given to another.")]
    public async Task HandOver_NobodyToGiveItTo_SaysWhoIsThere(string session, string to, string message)
    {
        await ComesAsync(Second, 2);

        var result = await _handover.HandOverAsync(SessionId.Parse(session), SessionId.Parse(to), Cancel);

        result.ShouldBe(new HandoverResult(false, message));
        _calls.Given.ShouldBeEmpty();
    }

    private Task ComesAsync(SessionId session, int pid)
    {
        var (now, period) = (_time.GetUtcNow(), TimeSpan.FromSeconds(15));
        var json = $$"""{"host":"box","pid":{{pid}},"startedAt":1771372800000,"nonce":"nonce-{{pid}}"}""";
        return _terminals.RenewAsync(
            TerminalLease.Read(session, Encoding.UTF8.GetBytes(json), period, now + period, now),
            Cancel
        );
    }
}
