using Bellhop.Events;
using Bellhop.Store;
using Bellhop.Tests.Testing;

namespace Bellhop.Tests.Terminals;

/// <summary>The words of a terminal, as the extension sends them.</summary>
internal static class TerminalWire
{
    public const string Turn = "01M7YEK2Z8YQN5VNXE18Z5GGN1";

    public static string Lease(string session, string nonce = "n1", int pid = 999_999_999, string host = "elsewhere") =>
        $$"""{"sid":"{{session}}","role":"satellite","host":"{{host}}","pid":{{pid}},"startedAt":1771372800000,"cwd":"/work","state":"idle","model":"m","kind":"pi-terminal","nonce":"{{nonce}}"}""";

    public static string Row(string id) =>
        $$"""{"id":"{{id}}","type":"t.{{id}}","source":"test","payload":{},"ts":0}""";

    public static string Receipt(string id, string state, string session = "pid-7") =>
        $$"""{"id":"{{id}}","session":"{{session}}","state":"{{state}}","turn":"{{Turn}}"}""";

    public static Task<string> RenewAsync(this RespTestClient client, string session, string? lease = null) =>
        client.AskAsync("SET", $"agent:session:{session}", lease ?? Lease(session), "PX", "15000");

    public static Task<string> PushAsync(this RespTestClient client, string session, string id) =>
        client.AskAsync("LPUSH", $"agent:events:{session}", Row(id));

    public static Task<string> ClaimAsync(this RespTestClient client, string session) =>
        client.AskAsync("LMOVE", $"agent:events:{session}", $"agent:claims:{session}", "RIGHT", "LEFT");

    /// <summary>The event's delivery to a session.</summary>
    public static async Task<Delivery> DeliveryAsync(this RespFixture fixture, string id, string session = "pid-7") =>
        (await fixture.Store.FindAsync(id, TestContext.Current.CancellationToken))
            .ShouldNotBeNull()
            .Deliveries.Single(d => d.Session == SessionId.Parse(session));

    /// <summary>Waits until the event has gone to a session, or away from it.</summary>
    public static async Task<Delivery> UntilAsync(
        this RespFixture fixture,
        string id,
        string session,
        Func<Delivery, bool> holds
    )
    {
        var cancel = TestContext.Current.CancellationToken;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var changes = fixture.Store.WatchAsync(enough.Token).GetAsyncEnumerator(enough.Token);
        var next = changes.MoveNextAsync().AsTask();
        while (true)
        {
            var receipt = (await fixture.Store.FindAsync(id, cancel)).ShouldNotBeNull();
            if (receipt.Deliveries.FirstOrDefault(d => d.Session.Value == session) is { } delivery && holds(delivery))
            {
                await enough.CancelAsync();
                await Task.WhenAny(next);
                return delivery;
            }
            (await next).ShouldBeTrue();
            next = changes.MoveNextAsync().AsTask();
        }
    }
}
