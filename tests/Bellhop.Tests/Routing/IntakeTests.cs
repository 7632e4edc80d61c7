using System.Text;
using Bellhop.Events;
using Bellhop.Routing;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Routing;

public sealed class IntakeTests : IAsyncDisposable
{
    private static readonly SessionId Satellite = SessionId.Parse("pid-1");

    private readonly FakeEventStore _store = new();
    private readonly Intake _intake;

    public IntakeTests()
    {
        var time = new ManualTime();
        var inbox = new Inbox(_store, new Router(new SessionRegistry(_store)));
        _intake = new Intake(new EventReader(time, new UlidFactory(time)), inbox);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Take_OneBadAmongGood_StoresNothing()
    {
        var result = await TakeAsync(quarantine: false, """{"type":"a"}""", "{");
        result.Fault!.Code.ShouldBe("BH-4000");
        result.Index.ShouldBe(1);
        result.Events.ShouldBeEmpty();
        _store.Appended.ShouldBeEmpty();
    }

    [Fact]
    public async Task Take_BadToQuarantine_IsKeptInItsPlace()
    {
        var result = await TakeAsync(quarantine: true, """{"type":"a"}""", "{", """{"type":"b"}""");
        result.Fault.ShouldBeNull();
        result.Quarantined.ShouldBe(1);
        _store.Appended.Select(a => a.Event.Type).ShouldBe(["a", "unreadable", "b"]);
        _store.Appended[1].Quarantine!.ShouldStartWith("BH-4000 ");
        Encoding.UTF8.GetString(_store.Appended[1].Event.Body.Span).ShouldBe("{");
        _store.Appended.ShouldAllBe(a => a.Targets.Single().Session == Satellite);
    }

    [Theory]
    [InlineData(AppendRefusal.Full, "BH-4291")]
    [InlineData(AppendRefusal.DiskFull, "BH-5071")]
    public async Task Take_StoreRefuses_IsAFault(AppendRefusal refusal, string code)
    {
        _store.Refusal = refusal;
        var result = await TakeAsync(quarantine: true, """{"type":"a"}""", "{");
        result.Fault!.Code.ShouldBe(code);
        result.Quarantined.ShouldBe(0);
    }

    private Task<IntakeResult> TakeAsync(bool quarantine, params string[] bodies) =>
        _intake.TakeAsync(
            [.. bodies.Select(b => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(b))],
            new EventDefaults(),
            Satellite,
            quarantine,
            Cancel
        );
}
